import EventLog
import TestSupport
import Testing

@testable import Runtime

/// Why an event is in the log: rule, line, what was seen, and what began it.
@Suite struct WhyTests {
    /// A log in which an app's scripts are live.
    private func log(with app: AppFixture) async throws -> MemoryLog {
        let log = MemoryLog()
        let scripts = try app.scripts()
        try await ScriptArchive(log: log).store(scripts)
        let published = try ScriptRecord.published(
            scripts,
            instead: nil,
            origin: .publish,
            by: PublishAuthor(name: "anna", note: "the first")
        )
        _ = try await log.commit(NewFrame(events: [published]))
        return log
    }

    private func line(_ text: String, of app: AppFixture = ReplayApps.shop) -> String {
        let lines = (app.files["app.lua"] ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        return "app.lua:" + String((lines.firstIndex { $0.contains(text) } ?? -2) + 1)
    }

    /// The chain in short: `type by place`, the asked event first.
    private func chain(_ why: Why) -> [String] {
        why.links.map { link in
            switch link.origin {
            case .step(let step): "\(link.event.type) \(step.by) \(step.place ?? step.doubt ?? "")"
            case .command(let command): "\(link.event.type) asked: \(command.asked)"
            case .schedule(let name): "\(link.event.type) schedule \(name)"
            case .host: "\(link.event.type) host"
            case .outside: "\(link.event.type) outside"
            }
        }
    }

    private func position(of type: String, _ log: any EventLog) throws -> Position {
        try #require(try log.read(ReadRequest(.query(EventQuery(types: [type])))).events.last).position
    }

    @Test func `an event is explained back to the command, with rule, line and what was seen`() async throws {
        let log = try await log(with: ReplayApps.shop)
        try await withHost(ReplayApps.shop, log: log) { fixture in
            var place = try HostFixture.command("order-1 place", #"{"total":60}"#)
            place.correlation = "visit-77"
            _ = try await fixture.host.execute(place)
            try await fixture.untilIdle()
            let why = try await fixture.host.why(try position(of: "Counted", log))
            #expect(
                chain(why) == [
                    "Counted count \(line("emit(\"shipped-all\""))",
                    "OrderShipped $sender \(line("emit(\"OrderShipped\""))",
                    "CommandSent reserve \(line("send(\"order\""))",
                    "OrderPlaced order.place \(line("emit(\"OrderPlaced\""))",
                    "CommandAccepted asked: place of order-1",
                ]
            )
            guard case .step(let counted) = why.links[0].origin,
                case .step(let shipped) = why.links[1].origin,
                case .command(let command)? = why.links.last?.origin
            else {
                Issue.record("the links aren't what they should be")
                return
            }
            #expect(counted.published?.note == "the first" || counted.published?.origin == .folder)
            #expect(counted.saw.count == 1)
            #expect(shipped.command == "ship of order-1")
            #expect(shipped.saw == [.stream(try StreamName("order-1"), .exactly(0))])
            #expect(command.correlation == "visit-77")
            #expect(try EventText.canonical(command.arguments) == #"{"total":60}"#)
        }
    }

    @Test func `an event of a stream can be asked for by its revision`() async throws {
        let log = try await log(with: ReplayApps.shop)
        try await withHost(ReplayApps.shop, log: log) { fixture in
            _ = try await fixture.execute("order-1 place", #"{"total":60}"#)
            let why = try await fixture.host.why(try StreamName("order-1"), revision: 0)
            #expect(why.links.count == 2)
            await #expect(throws: RuntimeError.self) {
                try await fixture.host.why(try StreamName("order-1"), revision: 9)
            }
            await #expect(throws: RuntimeError.self) { try await fixture.host.why(4_000) }
        }
    }

    @Test func `what came from outside ends the chain, and so does a schedule`() async throws {
        let app: AppFixture = """
            schedule "nightly" { cron = "* * * * *", run = function(tick)
              emit("report-1", "Reported", {})
            end }
            handler "h" { on = "order.*", run = function(e) emit("done-1", "Done", {}) end }
            """
        let log = try await log(with: app)
        try await withHost(app, log: log) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            #expect(
                chain(try await fixture.host.why(try position(of: "Done", log))) == [
                    "Done h \(line("emit(\"done-1\"", of: app))", "Placed outside",
                ]
            )
            fixture.clock.advance(by: 60_000_000)
            try await fixture.untilIdle()
            #expect(
                chain(try await fixture.host.why(try position(of: "Reported", log))) == [
                    "Reported nightly \(line("emit(\"report-1\"", of: app))",
                    "ScheduleTicked schedule nightly",
                ]
            )
        }
    }

    @Test func `a timer is walked through to what set it`() async throws {
        let app: AppFixture =
            Apps.counter + """
                handler "later" { on = "order.*", run = function(e)
                  send("counter", "1", "add", {}, { at = e.data.at })
                end }
                """
        let log = try await log(with: app)
        try await withHost(app, log: log, clock: TimerTests.clock()) { fixture in
            try await fixture.append("order-1 Placed {\"at\":\(TimerTests.later)}")
            try await fixture.clock.untilSleeping(1)
            fixture.clock.advance(by: 60_000_000)
            try await fixture.untilIdle()
            #expect(
                chain(try await fixture.host.why(try position(of: "Added", log))) == [
                    "Added $sender \(line("emit(\"Added\"", of: app))", "CommandSent $timers ",
                    "TimerSet later \(line("send(\"counter\"", of: app))", "Placed outside",
                ]
            )
        }
    }

    @Test func `an event that a client named by itself is found as a cause`() async throws {
        let app: AppFixture = """
            handler "h" { on = "order.*", run = function(e) emit("done-1", "Done", {}) end }
            """
        let log = try await log(with: app)
        try await withHost(app, log: log) { fixture in
            var event = try EventText.event("order-1 Placed")
            event.id = EventID("00000000-0000-4000-8000-000000000007")
            _ = try await fixture.host.commit(NewFrame(events: [event]))
            try await fixture.untilIdle()
            let why = try await fixture.host.why(try position(of: "Done", log))
            #expect(chain(why).last == "Placed outside")
            #expect(why.links.count == 2)
        }
    }

    @Test func `a parked event that was retried tells of its attempts`() async throws {
        let app: AppFixture = """
            handler "h" { on = "order.*", retry = { attempts = 1 }, run = function(e)
              if e.data.bad then error("it is bad") end
              emit("done-1", "Done", {})
            end }
            """
        let log = try await log(with: app)
        try await withHost(app, log: log) { fixture in
            let placed = try await fixture.append(#"order-1 Placed {"bad":true}"#)
            try await fixture.until("$parked-h", has: 1)
            let record = try await fixture.host.why(try position(of: "EventParked", log))
            #expect(chain(record) == ["EventParked host", "Placed outside"])
            _ = try await fixture.host.retryParked(
                placed.lastPosition,
                data: Array(#"{"bad":false}"#.utf8)[...]
            )
            let why = try await fixture.host.why(try position(of: "Done", log))
            guard case .step(let step)? = why.links.first?.origin else {
                Issue.record("a step was expected")
                return
            }
            #expect(step.attempts.map(\.what) == ["EventParked", "ParkedEventRetried"])
            #expect(step.attempts.first?.failure?.contains("it is bad") == true)
            #expect(step.place == nil)
            #expect(step.doubt?.hasPrefix("run again, the step fails: ") == true)
            #expect(chain(why).last == "Placed outside")
        }
    }

    @Test func `a step that calls out says why its line isn't known`() async throws {
        let app: AppFixture = """
            allow = { "https://carrier.example" }
            handler "label" { on = "order.*", run = function(e)
              local answer = http.post("https://carrier.example/labels", {})
              emit("label-1", "Labelled", { status = answer.status })
            end }
            """
        let log = try await log(with: app)
        let calls = OutboundCalls { _ throws(CallFailure) in
            OutboundAnswer(status: 200, headers: [], body: [])
        }
        try await withHost(app, log: log, options: .init(calls: calls)) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.until("label-1", has: 1)
            #expect(
                chain(try await fixture.host.why(try position(of: "Labelled", log))).first
                    == "Labelled label the step calls out (POST https://carrier.example/labels), "
                    + "and what it was answered isn't in the log"
            )
        }
    }

    @Test func `scripts that the log doesn't have are named`() async throws {
        let log = MemoryLog()
        let meta =
            #"{"by":"h","causation":"\#(EventID.derived(from: log.identity.id, position: 1))","#
            + #""correlation":"c","rule":"00000000000000aa"}"#
        var done = try EventText.event("done-1 Done")
        done.meta = Array(meta.utf8)[...]
        _ = try await log.commit(NewFrame(events: [try EventText.event("order-1 Placed"), done]))
        let why = try WhySearch(log).why(2)
        #expect(
            chain(why) == ["Done h the log doesn't have the scripts 00000000000000aa", "Placed outside"]
        )
    }
}

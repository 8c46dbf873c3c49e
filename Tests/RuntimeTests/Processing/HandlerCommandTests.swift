import EventLog
import Runtime
import TestSupport
import Testing

/// `command` in a handler: decided in the step, true with its frame.
@Suite struct HandlerCommandTests {
    private func app(_ run: String) -> AppFixture {
        Apps.counter + """
            handler "react" { on = "order.*", retry = { attempts = 1 }, run = function(e) \(run) end }
            """
    }

    @Test func `a command isn't held up by a step that failed in a batch which is being committed`()
        async throws
    {
        let app: AppFixture =
            Apps.counter + """
                handler "react" {
                  on = "order.Placed",
                  run = function(e)
                    if not e.data.bad then return emit("done-1", "Done", {}) end
                    command("counter", "1", "add")
                    error("no")
                  end,
                }
                """
        let gate = HeldCommits()
        let log = InterceptedLog(over: MemoryLog(), commit: gate.commit)
        let placed = try ["order-1 Placed", #"order-1 Placed {"bad":true}"#].map(EventText.event)
        _ = try await log.commit(NewFrame(events: placed))
        gate.hold()
        try await withHost(app, log: log, options: .init(workers: 1)) { fixture in
            // The frame of the step before the one that failed.
            try await gate.untilHeld(1)
            async let added = fixture.execute("counter-1 add")
            do { try await gate.untilHeld(2) } catch { Issue.record("the command isn't decided: \(error)") }
            gate.release()
            _ = try await added
            #expect(try await fixture.state("counter-1") == #"{"value":1}"#)
        }
    }

    @Test func `an accepted command returns true`() async throws {
        let run =
            #"local ok, why = command("counter", "1", "add") emit("r-1", "R", { ok = ok, refusal = why })"#
        try await withHost(app(run)) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            #expect(
                try fixture.events() == [
                    "order-1 Placed", #"counter-1 Added {"amount":1}"#, #"r-1 R {"ok":true}"#,
                ]
            )
        }
    }

    @Test func `a refused command is a value, and the step goes on`() async throws {
        let run = """
            local ok, refusal = command("counter", "1", "add", { limit = 0 })
            emit("r-1", "R", { ok = ok, refusal = refusal })
            """
        try await withHost(app(run)) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            let answer = #"{"ok":false,"refusal":{"code":"over-the-limit","text":"the counter is at 0"}}"#
            #expect(try fixture.events() == ["order-1 Placed", "r-1 R \(answer)"])
            let types = try fixture.recorded(.category("$command")).map(\.type)
            #expect(types == ["CommandRefused"])
        }
    }

    @Test func `a command sees what the step decided before it`() async throws {
        let run = """
            command("counter", "1", "add", { amount = 3 })
            local ok, refusal = command("counter", "1", "add", { amount = 1, limit = 3 })
            emit("r-1", "R", { text = refusal.text })
            """
        try await withHost(app(run)) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            #expect(try fixture.events(in: "r") == [#"r-1 R {"text":"the counter is at 3"}"#])
        }
    }

    @Test func `what a handler emits into an aggregate's stream is part of its state at once`() async throws {
        let run = """
            emit("counter-1", "Added", { amount = 3 })
            local ok, refusal = command("counter", "1", "add", { amount = 1, limit = 3 })
            emit("r-1", "R", { text = refusal.text })
            """
        try await withHost(app(run)) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            #expect(try fixture.events(in: "r") == [#"r-1 R {"text":"the counter is at 3"}"#])
            #expect(try fixture.events(in: "counter") == [#"counter-1 Added {"amount":3}"#])
            _ = try await fixture.execute("counter-1 add", #"{"amount":2}"#)
            #expect(try await fixture.state("counter-1") == #"{"value":5}"#)
        }
    }

    @Test func `several commands of a step are one frame, or none`() async throws {
        let log = InterceptedLog(over: MemoryLog())
        let run = """
            command("counter", "1", "add")
            command("counter", "2", "add")
            if e.data.bad then error("no") end
            """
        try await withHost(app(run), log: log) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.append(#"order-1 Placed {"bad":true}"#)
            try await fixture.untilIdle()
            #expect(
                try fixture.events(in: "counter") == [
                    #"counter-1 Added {"amount":1}"#, #"counter-2 Added {"amount":1}"#,
                ]
            )
            let deciding = log.frames.filter { frame in
                frame.events.contains { $0.stream.category == "counter" }
            }
            #expect(deciding.count == 1)
            #expect(try await fixture.host.parked().count == 1)
            _ = try await fixture.execute("counter-1 add")
            #expect(try await fixture.state("counter-1") == #"{"value":2}"#)
        }
    }

    @Test func `a step that another writer overtook runs again on what the stream holds now`() async throws {
        let log = InterceptedLog(over: MemoryLog()) { frame, log throws(EventLogError) in
            let isFirst = try log.revision(of: try StreamName("counter-1")) == nil
            if isFirst, frame.events.contains(where: { $0.stream.text == "counter-1" }) {
                let event = NewEvent(
                    stream: try StreamName("counter-1"),
                    type: "Added",
                    data: Array(#"{"amount":4}"#.utf8)[...]
                )
                _ = try await log.commit(NewFrame(events: [event]))
            }
            return try await log.commit(frame)
        }
        let run = """
            local ok, refusal = command("counter", "1", "add", { amount = 2, limit = 5 })
            emit("r-1", "R", { ok = ok })
            """
        try await withHost(app(run), log: log) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            #expect(
                try fixture.events() == [
                    "order-1 Placed", #"counter-1 Added {"amount":4}"#, #"r-1 R {"ok":false}"#,
                ]
            )
            #expect(try await fixture.status(of: "react").lastFailure == nil)
        }
    }

    @Test func `handlers and callers that change one stream at once lose nothing`() async throws {
        let app = app(#"command("counter", "1", "add")"#)
        try await withHost(app, options: .init(workers: 4)) { fixture in
            let events = try (0..<40).map { try EventText.event("order-\($0) Placed") }
            _ = try await fixture.host.commit(NewFrame(events: events))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<40 { group.addTask { _ = try await fixture.execute("counter-1 add") } }
                try await group.waitForAll()
            }
            try await fixture.untilIdle()
            #expect(try await fixture.state("counter-1") == #"{"value":80}"#)
        }
    }

    @Test func `a handler that catches a command's failure commits nothing of that command`() async throws {
        let app: AppFixture = """
            aggregate "box" {
              initial = { count = 0 },
              commands = {
                fill = function() emit("Put", {}) emit("Burst", {}) end,
                show = function(box) reject("count", tostring(box.count)) end,
              },
              events = {
                Put = function(box) box.count = box.count + 1 end,
                Burst = function() error("burst") end,
              },
            }
            handler "react" {
              on = "order.*", retry = { attempts = 1 },
              run = function(e) pcall(command, "box", "1", "fill") end,
            }
            """
        try await withHost(app) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            #expect(try fixture.events(in: "box").isEmpty)
            guard case .refused(let refusal) = try await fixture.execute("box-1 show") else {
                Issue.record("show is always refused")
                return
            }
            #expect(refusal.text == "0")
        }
    }

    @Test(arguments: [
        #"box.count = 5 error()"#, #"box.count = 5 error(false)"#, #"emit("Put", {}) error({})"#,
        #"emit("Put", {}) emit("Put", {}, { tags = { print } })"#,
        #"emit("Put", {}) emit("Put", {}, { meta = { x = print } })"#, #"box.count = 5"#,
    ])
    func `a step that catches how its command went wrong still commits nothing`(fill: String) async throws {
        let app: AppFixture = """
            aggregate "box" {
              initial = { count = 0 },
              commands = {
                fill = function(box) \(fill) end,
                show = function(box) reject("count", tostring(box.count)) end,
              },
              events = { Put = function(box) box.count = box.count + 1 end },
            }
            handler "react" {
              on = "order.*", retry = { attempts = 1 },
              run = function(e)
                pcall(command, "box", "1", "fill")
                emit("seen-1", "Seen", {})
              end,
            }
            """
        try await withHost(app) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            #expect(try fixture.events(in: "box").isEmpty)
            #expect(try fixture.events(in: "seen").isEmpty)
            let failure = try await fixture.host.parked().first?.failure
            #expect(failure?.summary.isEmpty == false)
            guard case .refused(let refusal) = try await fixture.execute("box-1 show") else {
                Issue.record("show is always refused")
                return
            }
            #expect(refusal.text == "0")
        }
    }

    @Test(arguments: [
        (#"command("conter", "1", "add")"#, #"there is no aggregate conter; did you mean "counter"?"#),
        (#"command("counter", "1", "ad")"#, #"there is no command of counter ad; did you mean "add"?"#),
        (#"command("counter", "", "add")"#, "the key must be a text or an integer, it is empty"),
        (#"command("counter", 1.5, "add")"#, "the key must be a text or an integer, it is number"),
        (#"command("counter", "1", "add", 5)"#, "the arguments must be a table, they are a number"),
        (#"command(nil, "1", "add")"#, "the aggregate must be a text that isn't empty, it is nil"),
        (#"reject("no", "no")"#, "reject works in an aggregate's command"),
    ])
    func `a command asked for wrongly is a failure that names the line`(
        run: String,
        text: String
    ) async throws {
        try await withHost(app("\n" + run)) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            let failure = try #require(try await fixture.host.parked().first?.failure)
            #expect(failure.summary.contains(text))
            #expect(failure.file == "app.lua")
            #expect(failure.line == 19)
        }
    }

    @Test func `an integer key is the same as its text`() async throws {
        try await withHost(app(#"command("counter", 1, "add") command("counter", "1", "add")"#)) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            #expect(try await fixture.state("counter-1") == #"{"value":2}"#)
        }
    }
}

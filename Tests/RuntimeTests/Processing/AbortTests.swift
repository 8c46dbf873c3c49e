import EventLog
import Runtime
import TestSupport
import Testing

/// `abort`: a step that ends itself is a decision, and leaves nothing but, if asked, its reason.
@Suite struct AbortTests {
    private static let modes = ["exactly-once", "at-least-once", "at-most-once"]

    private func app(_ mode: String = "exactly-once", _ options: String = "") -> AppFixture {
        Apps.counter + """
            handler "pick" { on = "order.Placed", delivery = "\(mode)", run = function(e)
              command("counter", "1", "add", { amount = 1 })
              emit("seen-" .. e.key, "Seen", { n = e.data.n })
              send("counter", "2", "add")
              if e.data.n % 2 == 1 then pcall(abort, "order " .. e.data.n .. " is odd"\(options)) end
            end }
            """
    }

    @Test(arguments: modes)
    func `an aborted step leaves nothing, and isn't tried again`(mode: String) async throws {
        let log = MemoryLog()
        let placed = try (0..<40).map { try EventText.event("order-\($0 % 3) Placed {\"n\":\($0)}") }
        _ = try await log.commit(NewFrame(events: placed))
        try await withHost(app(mode), log: log) { fixture in
            try await fixture.untilIdle()
            #expect(try fixture.recorded(.category("seen")).count == 20)
            #expect(try await fixture.state("counter-1") == #"{"value":20}"#)
            #expect(try await fixture.state("counter-2") == #"{"value":20}"#)
            #expect(try await fixture.host.parked().isEmpty)
            #expect(try fixture.recorded(.category("$aborted")).isEmpty)
            let status = try await fixture.status(of: "pick")
            #expect(status.steps == 40 && status.lastFailure == nil)
        }
        let frames = log.lastPosition
        try await withHost(app(mode), log: log) { fixture in
            try await fixture.untilIdle()
            #expect(log.lastPosition == frames)
        }
    }

    @Test(arguments: modes)
    func `a reason is recorded when it is asked for`(mode: String) async throws {
        try await withHost(app(mode, ", { record = true }")) { fixture in
            let receipt = try await fixture.append(#"order-1 Placed {"n":1}"#)
            try await fixture.untilIdle()
            let record = try #require(try fixture.recorded(.category("$aborted")).first)
            let data = #"{"position":1,"reason":"order 1 is odd","stream":"order-1","type":"Placed"}"#
            #expect(try EventText.line(record) == "$aborted-pick StepAborted \(data)")
            let meta = try record.metaFields()
            #expect(meta["by"] == "pick")
            #expect(meta["rule"]?.string == fixture.host.scripts.hash)
            #expect(receipt.lastPosition == 1 && fixture.log.lastPosition == 2)
        }
    }

    @Test func `steps that end themselves share a frame with the others`() async throws {
        let log = InterceptedLog(over: MemoryLog())
        let app: AppFixture = """
            handler "pick" { on = "order.Placed", run = function(e)
              if e.data.n % 2 == 1 then abort() end
              emit("seen-" .. e.key, "Seen")
            end }
            """
        let placed = try (0..<40).map { try EventText.event("order-1 Placed {\"n\":\($0)}") }
        _ = try await log.commit(NewFrame(events: placed))
        try await withHost(app, log: log) { fixture in
            try await fixture.untilIdle()
            #expect(log.frames.dropFirst().map(\.events.count) == [20])
        }
    }

    @Test func `a step behind an aborted one sees the states as they were`() async throws {
        let app =
            Apps.counter + """
                handler "pick" { on = "order.Placed", run = function(e)
                  command("counter", "1", "add", { amount = e.data.n })
                  if e.data.n == 2 then abort() end
                  local ok = command("counter", "1", "add", { amount = 0, limit = 4 })
                  emit("seen-" .. e.key, "Seen", { fits = ok })
                end }
                """
        let log = MemoryLog()
        let placed = try (1...4).map { try EventText.event("order-1 Placed {\"n\":\($0)}") }
        _ = try await log.commit(NewFrame(events: placed))
        try await withHost(app, log: log) { fixture in
            try await fixture.untilIdle()
            let seen = [true, true, false].map { "seen-1 Seen {\"fits\":\($0)}" }
            #expect(try fixture.events(in: "seen") == seen)
            #expect(try await fixture.state("counter-1") == #"{"value":8}"#)
        }
    }

    @Test func `a decision to abort is as conditional as any other`() async throws {
        let log = InterceptedLog(over: MemoryLog()) { frame, log throws(EventLogError) in
            let isFirst = try log.revision(of: try StreamName("room-1")) == nil
            if isFirst, !frame.marks.isEmpty {
                let event = NewEvent(stream: try StreamName("room-1"), type: "Opened", tags: ["room:1"])
                _ = try await log.commit(NewFrame(events: [event]))
            }
            return try await log.commit(frame)
        }
        let app: AppFixture = """
            handler "enter" { on = "guest.Came", run = function(e)
              if #read { tags = { "room:1" } } == 0 then abort("closed") end
              emit("guest-" .. e.key, "Entered")
            end }
            """
        try await withHost(app, log: log) { fixture in
            try await fixture.append("guest-1 Came")
            try await fixture.untilIdle()
            #expect(try fixture.events(in: "guest") == ["guest-1 Came", "guest-1 Entered"])
        }
    }

    @Test func `a parked event whose retry is aborted is dealt with`() async throws {
        let app: AppFixture = """
            handler "pick" { on = "order.Placed", retry = { attempts = 1 }, run = function(e)
              if e.data.n == 1 then error("no") end
              abort("given up", { record = true })
            end }
            """
        try await withHost(app) { fixture in
            try await fixture.append(#"order-1 Placed {"n":1}"#)
            try await fixture.untilIdle()
            let report = try await fixture.host.retryParked(1, data: Array(#"{"n":2}"#.utf8)[...])
            #expect(report.retried == [1])
            #expect(try await fixture.host.parked().isEmpty)
            #expect(try fixture.recorded(.category("$aborted")).count == 1)
        }
    }

    @Test(arguments: [
        (#"abort("why", { recorded = true })"#, "abort has no option recorded; there is record"),
        (#"abort(nil, { record = true })"#, "abort needs a reason to record"),
        (#"abort(5)"#, "the reason must be a text that isn't empty, it is number"),
        (#"pcall(command, "counter", "1", "fail") abort("hidden")"#, "broken on purpose"),
        (#"command("counter", "1", "stop")"#, "a command ends with reject(code, text)"),
    ])
    func `abort that makes no sense is an error that says why`(run: String, text: String) async throws {
        let app =
            Apps.counter.files["app.lua", default: ""]
            .replacing("nothing = function() end,", with: "stop = function() abort() end,")
            + #"handler "h" { on = "order.Placed", retry = { attempts = 1 }, run = function() \#(run) end }"#
        try await withHost(AppFixture(app)) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            let failure = try #require(try await fixture.host.parked().first?.failure)
            #expect(failure.summary.contains(text))
        }
    }
}

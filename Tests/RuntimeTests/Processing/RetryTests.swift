import EventLog
import Runtime
import TestSupport
import Testing

/// Streams order-1 and order-4 are in lane 5, order-2 is in lane 11, order-3 in lane 2.
@Suite(.unlessItHangs) struct RetryTests {
    /// The waits of the `flaky` app for an event at position 1: 100 ms and 200 ms, with their jitter.
    static let waits: [Int64] = [113_591, 160_160]

    /// Lets the waits of a failing event at position 1 pass, one after the other.
    static func letRetriesPass(on fixture: HostFixture) async throws {
        for wait in waits {
            try await fixture.clock.untilSleeping(1)
            fixture.clock.advance(by: wait)
        }
    }

    @Test func `a failed step is tried again after the waits of its policy, then parked`() async throws {
        try await withHost(Apps.flaky) { fixture in
            try await fixture.append(#"order-1 Placed {"bad":true}"#)
            try await fixture.clock.untilSleeping(1)
            #expect(fixture.clock.sleepers == [Self.waits[0]])
            #expect(try await fixture.status(of: "flaky").state == .retrying)
            fixture.clock.advance(by: Self.waits[0])
            try await fixture.clock.untilSleeping(1)
            #expect(fixture.clock.sleepers == [Self.waits[1]])
            #expect(try await fixture.host.parked().isEmpty)
            fixture.clock.advance(by: Self.waits[1])
            try await fixture.untilIdle()
            let parked = try #require(try await fixture.host.parked().first)
            #expect(parked.position == 1)
            #expect(parked.processor == "flaky")
            #expect(parked.stream.text == "order-1")
            #expect(parked.type == "Placed")
            #expect(parked.attempts == 3)
            #expect(parked.behind == nil)
            #expect(parked.rule == fixture.host.scripts.hash)
            #expect(parked.time == fixture.clock.now)
            #expect(parked.failure?.summary.contains("order 1 is bad") == true)
        }
    }

    @Test func `a lane that waits keeps no other from reading on, however much queues in it`() async throws {
        try await withHost(Apps.flaky) { fixture in
            try await fixture.append(#"order-1 Placed {"bad":true}"#)
            try await fixture.clock.untilSleeping(1)
            // More than a processor reads ahead, all of it behind the event that failed.
            for _ in 0..<5 {
                let more = try (0..<1_000).map { _ in try EventText.event(#"order-1 Placed {"n":1}"#) }
                _ = try await fixture.host.commit(NewFrame(events: more))
            }
            try await fixture.append(#"order-2 Placed {"n":2}"#)
            try await fixture.until("done-2", has: 1)
            #expect(try fixture.events(of: "done-1").isEmpty)
            #expect(fixture.clock.sleepers == [Self.waits[0]])
        }
    }

    @Test func `a wait that isn't over is waited`() async throws {
        try await withHost(Apps.flaky) { fixture in
            try await fixture.append(#"order-1 Placed {"bad":true}"#)
            try await fixture.clock.untilSleeping(1)
            fixture.clock.advance(by: Self.waits[0] - 1)
            #expect(fixture.clock.sleepers == [Self.waits[0]])
            fixture.clock.advance(by: 1)
            try await fixture.clock.untilSleeping(1)
            #expect(fixture.clock.sleepers == [Self.waits[1]])
        }
    }

    @Test func `a step that works at a later try leaves nothing parked`() async throws {
        // Another host's event makes the command acceptable in between.
        let app: AppFixture =
            Apps.counter + """
                handler "react" {
                  on = "order.Placed",
                  run = function(e)
                    if not command("counter", "1", "nothing") then return end
                    local ok = command("counter", "1", "add", { amount = 1, limit = 0 })
                    if not ok then error("not yet") end
                    emit("done-1", "Done", {})
                  end,
                }
                """
        try await withHost(app) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.clock.untilSleeping(1)
            try await fixture.append(#"counter-1 Added {"amount":-1}"#)
            fixture.clock.advance(by: 1_000_000)
            try await fixture.untilIdle()
            #expect(try fixture.events(in: "done") == ["done-1 Done {}"])
            #expect(try await fixture.host.parked().isEmpty)
            let status = try await fixture.status(of: "react")
            #expect(status.state == .running)
            #expect(status.lastFailure?.summary.contains("not yet") == true)
        }
    }

    @Test func `other keys and other handlers go on while one key waits`() async throws {
        try await withHost(Apps.flaky) { fixture in
            try await fixture.append(
                #"order-1 Placed {"bad":true}"#,
                #"order-1 Placed {"n":1}"#,
                #"order-2 Placed {"n":2}"#,
                #"order-3 Placed {"n":3}"#
            )
            try await fixture.clock.untilSleeping(1)
            try await fixture.until("done-2", has: 1)
            try await fixture.until("done-3", has: 1)
            try await fixture.until("seen-1", has: 2)
            #expect(try fixture.events(of: "done-1").isEmpty)
            #expect(fixture.clock.sleepers == [Self.waits[0]])
        }
    }

    @Test func `later events of a parked key park behind it, in order, and other keys of its lane go on`()
        async throws
    {
        try await withHost(Apps.flaky) { fixture in
            try await fixture.append(
                #"order-1 Placed {"bad":true}"#,
                #"order-4 Placed {"n":4}"#,
                #"order-1 Placed {"n":1}"#
            )
            try await Self.letRetriesPass(on: fixture)
            try await fixture.untilIdle()
            try await fixture.append(#"order-1 Placed {"n":2}"#, #"order-4 Placed {"n":5}"#)
            try await fixture.untilIdle()
            let parked = try await fixture.host.parked()
            let ofOrder = parked.filter { $0.stream.text == "order-1" }
            #expect(parked.count == ofOrder.count)
            #expect(ofOrder.map(\.behind) == [nil, 1, 1])
            #expect(ofOrder.map(\.attempts) == [3, 0, 0])
            #expect(ofOrder.map { $0.failure == nil } == [false, true, true])
            #expect(ofOrder.map(\.position) == ofOrder.map(\.position).sorted())
            #expect(try fixture.events(of: "done-1").isEmpty)
            #expect(try fixture.events(of: "done-4") == [#"done-4 Done {"n":4}"#, #"done-4 Done {"n":5}"#])
        }
    }

    @Test func `a parked event is an event of the log, with the whole failure`() async throws {
        try await withHost(Apps.flaky) { fixture in
            try await fixture.append(#"order-1 Placed {"bad":true}"#)
            try await Self.letRetriesPass(on: fixture)
            try await fixture.untilIdle()
            let record = try #require(try fixture.recorded(.category("$parked")).last)
            #expect(record.stream.text == "$parked-flaky")
            #expect(record.type == "EventParked")
            let data = try JSONValue(parsing: record.data)
            #expect(data["position"] == 1)
            #expect(data["stream"] == "order-1")
            #expect(data["type"] == "Placed")
            #expect(data["attempts"] == 3)
            #expect(data["rule"] == .string(fixture.host.scripts.hash))
            #expect(data["behind"] == nil)
            let failure = try #require(try await fixture.host.parked().first?.failure)
            #expect(data["failure"] == failure.json)
        }
    }

    @Test func `what is parked survives a restart, and its order too`() async throws {
        let log = MemoryLog()
        try await withHost(Apps.flaky, log: log) { fixture in
            try await fixture.append(#"order-1 Placed {"bad":true}"#, #"order-1 Placed {"n":1}"#)
            try await Self.letRetriesPass(on: fixture)
            try await fixture.untilIdle()
        }
        try await withHost(Apps.flaky, log: log) { fixture in
            try await fixture.append(#"order-1 Placed {"n":2}"#)
            try await fixture.untilIdle()
            let parked = try await fixture.host.parked(processor: "flaky")
            #expect(parked.map(\.behind) == [nil, 1, 1])
            #expect(parked.map(\.attempts) == [3, 0, 0])
            #expect(parked[0].failure?.summary.contains("order 1 is bad") == true)
            #expect(try await fixture.status(of: "flaky").parked == 3)
            #expect(try fixture.events(of: "seen-1").count == 3)
        }
    }

    @Test func `a handler that may only stop halts on its last failure, and goes on when resumed`()
        async throws
    {
        let app: AppFixture =
            Apps.counter + """
                handler "strict" {
                  on = "order.Placed", on_failure = "stop", retry = { attempts = 1 },
                  run = function(e)
                    if not command("counter", "1", "add", { limit = 0 }) then error("not allowed yet") end
                    emit("done-" .. e.key, "Done", {})
                  end,
                }
                """
        try await withHost(app) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.until("strict", is: "stopped") { $0.state == .stopped }
            try await fixture.append("order-2 Placed")
            let failure = try await fixture.status(of: "strict").lastFailure
            #expect(failure?.summary.contains("not allowed yet") == true)
            #expect(try await fixture.host.parked().isEmpty)
            #expect(try fixture.events(in: "done").isEmpty)
            try await fixture.append(#"counter-1 Added {"amount":-10}"#)
            try await fixture.host.resume(processor: "strict")
            try await fixture.untilIdle()
            #expect(try fixture.events(in: "done").sorted() == ["done-1 Done {}", "done-2 Done {}"])
            #expect(try await fixture.status(of: "strict").state == .running)
        }
    }
}

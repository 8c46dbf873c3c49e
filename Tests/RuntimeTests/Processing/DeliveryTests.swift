import EventLog
import Runtime
import TestSupport
import Testing

/// When the mark of a step commits, and what follows from that.
///
/// Streams order-1 and order-4 share a lane. What a kill at each point does is tested on the real binary, by
/// `DeliveryStory`.
@Suite(.unlessItHangs) struct DeliveryTests {
    static let modes = ["exactly-once", "at-least-once", "at-most-once"]

    /// A handler that fails for as long as an event's data says `bad`.
    static func app(_ mode: String, run: String = "", more: String = "") -> AppFixture {
        Apps.counter + """
            handler "react" {
              on = "order.Placed", delivery = "\(mode)", \(more)
              run = function(e)
                if e.data.bad then error("order " .. e.key .. " is bad") end
                emit("seen-" .. e.key, "Seen", { n = e.data.n })
                \(run)
              end,
            }
            """
    }

    static func place(_ count: Int, in stream: String = "order-1", on log: any EventLog) async throws {
        let events = try (0..<count).map { try EventText.event(#"\#(stream) Placed {"n":\#($0)}"#) }
        _ = try await log.commit(NewFrame(events: events))
    }

    /// What the handler's frames hold, in order: `effects`, `marks` or both.
    private static func parts(_ frames: [NewFrame]) -> [String] {
        frames.map { frame in
            [frame.events.isEmpty ? nil : "effects", frame.marks.isEmpty ? nil : "marks"]
                .compactMap(\.self).joined(separator: "+")
        }
    }

    @Test(arguments: [
        ("exactly-once", ["effects+marks"]), ("at-least-once", ["effects", "marks"]),
        ("at-most-once", ["marks", "effects"]),
    ])
    func `the mode is when the mark commits, once for a batch`(mode: String, parts: [String]) async throws {
        let log = InterceptedLog(over: MemoryLog())
        try await Self.place(10, on: log)
        try await withHost(Self.app(mode, run: #"command("counter", "1", "add")"#), log: log) { fixture in
            try await fixture.untilIdle()
            let frames = log.frames.dropFirst()
            #expect(Self.parts(Array(frames)) == parts)
            #expect(try fixture.events(of: "seen-1").count == 10)
            let effects = try #require(frames.first { !$0.events.isEmpty })
            #expect(effects.conditions.first == .stream(try StreamName("counter-1"), .none))
            #expect(try log.marks(of: "react") == [5: 10])
        }
    }

    @Test func `at-least-once, a step without effects has nothing to double and is one frame`() async throws {
        let log = InterceptedLog(over: MemoryLog())
        try await Self.place(1, on: log)
        let app: AppFixture =
            #"handler "react" { on = "order.Placed", delivery = "at-least-once", run = function() end }"#
        try await withHost(app, log: log) { fixture in
            try await fixture.untilIdle()
            #expect(Self.parts(Array(log.frames.dropFirst())) == ["marks"])
        }
    }

    @Test func `at-most-once, a crash can lose 16 events of a worker`() async throws {
        let log = InterceptedLog(over: MemoryLog())
        try await Self.place(40, on: log)
        try await withHost(Self.app("at-most-once"), log: log) { fixture in
            try await fixture.untilIdle()
            let marks = log.frames.flatMap(\.marks).map(\.to)
            // The last one empties its lane, and moves to the end of what was read.
            #expect(marks.prefix(2) == [16, 32] && marks.count == 3)
            #expect(log.frames.dropFirst().map(\.events.count) == [0, 16, 0, 16, 0, 8])
        }
    }

    @Test(arguments: modes, [false, true])
    func `a host that is killed at any commit keeps the promise of its mode`(
        mode: String,
        losingLast: Bool
    )
        async throws
    {
        for count in 1...8 {
            let log = MemoryLog()
            for stream in ["order-1", "order-2", "order-3"] { try await Self.place(20, in: stream, on: log) }
            let killed = InterceptedLog(
                over: log,
                commit: InterceptedLog.killed(after: count, losingLast: losingLast)
            )
            let fixture = try await HostFixture(Self.app(mode), log: killed, options: .init(workers: 1))
            try await Condition.wait(for: "idle or dead") {
                let all = await fixture.host.processors()
                return all.contains { $0.state == .stopped }
                    || all.allSatisfy { $0.position >= log.lastPosition }
            }
            await fixture.host.stop()
            try await withHost(Self.app(mode), log: log) { fixture in
                try await fixture.untilIdle()
                let seen = try fixture.recorded(.category("seen")).map {
                    "\($0.stream) \(try EventText.line($0))"
                }
                let times = Dictionary(grouping: seen, by: \.self).mapValues(\.count)
                let (lost, doubled) = (60 - times.count, times.values.count { $0 > 1 })
                #expect(lost <= (mode == "at-most-once" ? 16 : 0), "killed after \(count)")
                #expect(doubled <= (mode == "at-least-once" ? 60 : 0), "killed after \(count)")
                #expect(times.values.allSatisfy { $0 <= 2 })
            }
        }
    }

    @Test(arguments: modes, modes)
    func `a handler whose mode is edited goes on where it was`(before: String, after: String) async throws {
        let log = MemoryLog()
        try await withHost(Self.app(before), log: log) { fixture in
            try await fixture.append(#"order-1 Placed {"n":1}"#, #"order-2 Placed {"n":2}"#)
            try await fixture.untilIdle()
        }
        try await withHost(Self.app(after), log: log) { fixture in
            try await fixture.append(#"order-1 Placed {"n":3}"#)
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "seen-1") == [#"seen-1 Seen {"n":1}"#, #"seen-1 Seen {"n":3}"#])
            #expect(try fixture.events(of: "seen-2") == [#"seen-2 Seen {"n":2}"#])
        }
    }

    @Test func `at-least-once, a failed step is tried again, then parked once, with its mark`() async throws {
        let log = InterceptedLog(over: MemoryLog())
        let retry = #"retry = { attempts = 2, first = "1s" },"#
        try await withHost(Self.app("at-least-once", more: retry), log: log) { fixture in
            try await fixture.append(#"order-1 Placed {"n":1}"#, #"order-1 Placed {"bad":true}"#)
            try await fixture.clock.untilSleeping(1)
            #expect(try fixture.events(of: "seen-1").count == 1)
            fixture.clock.advance(by: 2_000_000)
            try await fixture.untilIdle()
            #expect(try await fixture.host.parked().map(\.attempts) == [2])
            let aside = try #require(log.frames.first { $0.events.first?.type == "RetryScheduled" })
            #expect(aside.marks.map(\.to) == [2])
            #expect(log.frames.count { $0.events.first?.type == "EventParked" } == 1)
            try await fixture.append(#"order-1 Placed {"n":2}"#, #"order-4 Placed {"n":3}"#)
            try await fixture.untilIdle()
            #expect(try await fixture.host.parked().map(\.behind) == [nil, 2])
            #expect(try fixture.events(of: "seen-4").count == 1)
        }
    }

    @Test(arguments: modes)
    func `another writer's event makes the steps run again, and each is there once`(
        mode: String
    )
        async throws
    {
        let log = MemoryLog()
        let gate = HeldCommits()
        let held = InterceptedLog(over: log) { frame, log throws(EventLogError) in
            // The claim of at-most-once goes before; what is held is the frame of the effects.
            frame.events.isEmpty ? try await log.commit(frame) : try await gate.commit(frame, log)
        }
        try await Self.place(3, on: log)
        gate.hold()
        try await withHost(Self.app(mode, run: #"command("counter", "1", "add")"#), log: held) { fixture in
            try await gate.untilHeld(1)
            _ = try await log.commit(
                NewFrame(events: [try EventText.event(#"counter-1 Added {"amount":9}"#)])
            )
            gate.release()
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "seen-1").count == 3)
            #expect(try await fixture.state("counter-1") == #"{"value":12}"#)
            #expect(try await fixture.host.parked().isEmpty)
        }
    }
}

import EventLog
import Runtime
import TestSupport
import Testing

/// What was claimed is brought to its end, whatever fails, stops or comes between.
@Suite(.unlessItHangs) struct AtMostOnceTests {
    private static let app = DeliveryTests.app("at-most-once")

    @Test func `a failed step is parked after its one attempt, and the rest of the batch goes on`()
        async throws
    {
        let log = InterceptedLog(over: MemoryLog())
        try await withHost(Self.app, log: log) { fixture in
            try await fixture.append(
                #"order-1 Placed {"n":1}"#,
                #"order-1 Placed {"bad":true}"#,
                #"order-1 Placed {"n":3}"#,
                #"order-4 Placed {"n":4}"#
            )
            try await fixture.untilIdle()
            let parked = try await fixture.host.parked()
            #expect(parked.map(\.position) == [2, 3])
            #expect(parked.map(\.attempts) == [1, 0])
            #expect(parked.map(\.behind) == [nil, 2])
            #expect(parked[0].failure?.summary.contains("order 1 is bad") == true)
            #expect(try fixture.events(of: "seen-1") == [#"seen-1 Seen {"n":1}"#])
            #expect(try fixture.events(of: "seen-4") == [#"seen-4 Seen {"n":4}"#])
            // One claim for the four; what parks has no mark to move.
            #expect(log.frames.flatMap(\.marks).map(\.to) == [4])
            #expect(try await fixture.status(of: "react").state == .running)
        }
    }

    @Test func `a parked event can be retried by hand, and those behind it follow`() async throws {
        let log = MemoryLog()
        try await withHost(Self.app, log: log) { fixture in
            try await fixture.append(#"order-1 Placed {"bad":true}"#)
            try await fixture.untilIdle()
        }
        try await withHost(Self.app, log: log) { fixture in
            // Behind a key that was parked before: these park in the frame of the claim.
            try await fixture.append(#"order-1 Placed {"n":2}"#, #"order-4 Placed {"n":4}"#)
            try await fixture.untilIdle()
            #expect(try await fixture.host.parked().map(\.behind) == [nil, 1])
            let report = try await fixture.host.retryParked(1, data: Array(#"{"n":1}"#.utf8)[...])
            #expect(report.failed.isEmpty && report.retried.count == 2)
            #expect(try fixture.events(of: "seen-1") == [#"seen-1 Seen {"n":1}"#, #"seen-1 Seen {"n":2}"#])
            #expect(try fixture.events(of: "seen-4").count == 1)
            #expect(try await fixture.host.parked().isEmpty)
        }
    }

    @Test func `a host that stops finishes what was claimed`() async throws {
        let gate = HeldCommits()
        let log = InterceptedLog(over: MemoryLog(), commit: gate.commit)
        try await DeliveryTests.place(16, on: log)
        gate.hold()
        let fixture = try await HostFixture(Self.app, log: log)
        try await gate.untilHeld(1)
        async let stopped: Void = fixture.host.stop()
        try await fixture.until("react", is: "stopped") { $0.state == .stopped }
        // The marks are not there yet, and the steps haven't run.
        #expect(log.frames.last?.marks.map(\.to) == [16])
        gate.release()
        await stopped
        #expect(try fixture.events(of: "seen-1").count == 16)
        #expect(try log.marks(of: "react") == [5: 16])
    }

    @Test func `a processor that is paused finishes what was claimed, and claims no more`() async throws {
        let gate = HeldCommits()
        let log = InterceptedLog(over: MemoryLog(), commit: gate.commit)
        try await DeliveryTests.place(20, on: log)
        gate.hold()
        try await withHost(Self.app, log: log) { fixture in
            try await gate.untilHeld(1)
            try await fixture.host.pause(processor: "react")
            gate.release()
            try await fixture.until("seen-1", has: 16)
            try await fixture.until("react", is: "at 16") { $0.position == 16 }
            #expect(try log.marks(of: "react") == [5: 16])
            try await fixture.host.resume(processor: "react")
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "seen-1").count == 20)
        }
    }

    @Test func `until its effects are committed, a claimed event counts as to come`() async throws {
        let gate = HeldCommits()
        let log = InterceptedLog(over: MemoryLog()) { frame, log throws(EventLogError) in
            frame.events.isEmpty ? try await log.commit(frame) : try await gate.commit(frame, log)
        }
        try await DeliveryTests.place(3, on: log)
        gate.hold()
        try await withHost(Self.app, log: log) { fixture in
            try await gate.untilHeld(1)
            #expect(try log.marks(of: "react") == [5: 3])
            let status = try await fixture.status(of: "react")
            #expect(status.position == 0 && status.lagEvents == 3)
            gate.release()
            try await fixture.untilIdle()
            #expect(try await fixture.status(of: "react").lagEvents == 0)
        }
    }

    @Test func `of two hosts one claims, the other is fenced, and nothing is doubled`() async throws {
        let log = MemoryLog()
        let gate = HeldCommits()
        let held = InterceptedLog(over: log, commit: gate.commit)
        try await withHost(Self.app, log: held) { stale in
            gate.hold()
            try await DeliveryTests.place(5, on: log)
            try await gate.untilHeld(1)
            try await withHost(Self.app, log: log) { fixture in try await fixture.untilIdle() }
            gate.release()
            try await stale.until("react", is: "stopped") { $0.state == .stopped }
            #expect(try await stale.status(of: "react").lastFailure?.code == "fenced")
            #expect(try stale.events(of: "seen-1").count == 5)
        }
    }

    @Test func `a log that fails behind the claim stops the handler, which says what won't run again`()
        async throws
    {
        let log = MemoryLog()
        let failing = InterceptedLog(over: log) { frame, log throws(EventLogError) in
            if !frame.events.isEmpty { throw .readOnly(reason: "the test says so") }
            return try await log.commit(frame)
        }
        try await DeliveryTests.place(3, on: log)
        let lines = LogLines()
        let options = HostFixture.Options(logger: lines.logger)
        try await withHost(Self.app, log: failing, options: options) { fixture in
            try await fixture.until("react", is: "stopped") { $0.state == .stopped }
            #expect(lines.all.contains("error: react won't run these again, it is at-most-once: 1, 2, 3"))
        }
        try await withHost(Self.app, log: log) { fixture in
            try await fixture.untilIdle()
            #expect(try fixture.events(in: "seen").isEmpty)
        }
    }

    @Test func `steps that always meet another writer are parked in the end`() async throws {
        let log = InterceptedLog(over: MemoryLog()) { frame, log throws(EventLogError) in
            // Each time the handler decides, somebody was there before it.
            if !frame.conditions.isEmpty {
                let other = NewEvent(stream: try StreamName("counter-1"), type: "Added", data: Self.one)
                _ = try await log.commit(NewFrame(events: [other]))
            }
            return try await log.commit(frame)
        }
        try await DeliveryTests.place(2, on: log)
        let app = DeliveryTests.app("at-most-once", run: #"command("counter", "1", "add")"#)
        try await withHost(app, log: log) { fixture in
            try await fixture.untilIdle()
            let parked = try await fixture.host.parked()
            #expect(parked.map(\.position) == [1, 2])
            #expect(parked.map(\.attempts) == [1, 0])
            #expect(parked[0].failure?.code == "stream-busy")
            #expect(try fixture.events(in: "seen").isEmpty)
        }
    }

    private static let one = Array(#"{"amount":1}"#.utf8)[...]
}

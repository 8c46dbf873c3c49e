import EventLog
import Runtime
import TestSupport
import Testing

@Suite(.unlessItHangs) struct ProcessorStatusTests {
    private let app: AppFixture = """
        handler "copy" { on = "order.Placed", run = function(e) emit("seen-" .. e.key, "Seen", {}) end }
        projection "orders" {
          on = "order.Placed", tables = { orders = "id text primary key" },
          run = function(e, db) db.exec("insert or ignore into orders values (?)", e.key) end,
        }
        """

    @Test func `every processor is listed, the host's own among them`() async throws {
        try await withHost(app) { fixture in
            let all = await fixture.host.processors()
            #expect(all.map(\.name) == ["copy", "$sender", "orders", "$timers"])
            #expect(all.map(\.kind) == [.handler, .handler, .projection, .timers])
            #expect(
                all.allSatisfy {
                    $0.state == .running && $0.steps == 0 && $0.lagEvents == 0 && $0.lagSeconds == 0
                }
            )
        }
    }

    @Test func `a processor that has caught up runs without lag`() async throws {
        try await withHost(app) { fixture in
            try await fixture.append("order-1 Placed", "order-2 Placed")
            try await fixture.untilIdle()
            for name in ["copy", "orders"] {
                let status = try await fixture.status(of: name)
                #expect(status.state == .running)
                #expect(status.position == fixture.log.lastPosition)
                #expect(status.lagEvents == 0)
                #expect(status.lagSeconds == 0)
                #expect(status.steps == 2)
                #expect(status.parked == 0)
                #expect(status.lastFailure == nil)
            }
            let lanes = try await fixture.status(of: "copy").lanes
            #expect(try lanes == fixture.log.marks(of: "copy"))
            #expect(Set(lanes.keys) == [5, 11])
        }
    }

    @Test(arguments: ["copy", "orders"])
    func `a paused processor says so, lags, and goes on when resumed`(name: String) async throws {
        let clock = ManualClock()
        let log = MemoryLog(clock: { clock.now })
        try await withHost(app, log: log, clock: clock) { fixture in
            try await fixture.host.pause(processor: name)
            try await fixture.append("order-1 Placed", "order-2 Placed")
            clock.advance(by: 3_000_000)
            // The other processor and the pump have looked at everything.
            try await fixture.untilIdle()
            try await fixture.until(name, is: "late") { $0.lagSeconds > 0 }
            let status = try await fixture.status(of: name)
            #expect(status.state == .paused)
            #expect(status.steps == 0)
            #expect(status.position == 0)
            #expect(status.lagEvents == fixture.log.lastPosition)
            #expect(status.lagSeconds == 3)
            try await fixture.host.resume(processor: name)
            try await fixture.untilIdle()
            #expect(try await fixture.status(of: name).state == .running)
            #expect(try await fixture.status(of: name).steps == 2)
        }
    }

    @Test func `a stopped host's processors say that they are stopped`() async throws {
        let fixture = try await withHost(app) { $0 }
        #expect(await fixture.host.processors().map(\.state) == Array(repeating: .stopped, count: 4))
    }

    @Test func `a processor that can't read the log says so, and reads again when resumed`() async throws {
        let log = InterceptedLog(over: MemoryLog())
        try await withHost(app, log: log) { fixture in
            try await fixture.untilIdle()
            log.failReads(with: .damaged(file: "segment", offset: 7, reason: "for the test"))
            try await fixture.append("order-1 Placed")
            for name in ["copy", "orders"] {
                try await fixture.until(name, is: "stopped") { $0.state == .stopped }
                #expect(try await fixture.status(of: name).lastFailure?.code == "log-damaged")
            }
            log.failReads(with: nil)
            for status in await fixture.host.processors() {
                try await fixture.host.resume(processor: status.name)
            }
            try await fixture.untilIdle()
            #expect(try fixture.events(in: "seen").count == 1)
            #expect(try await fixture.status(of: "orders").steps == 1)
        }
    }

    @Test func `a processor that is resumed by several at once goes on once`() async throws {
        let log = InterceptedLog(over: MemoryLog())
        try await withHost(app, log: log) { fixture in
            try await fixture.untilIdle()
            log.failReads(with: .damaged(file: "segment", offset: 7, reason: "for the test"))
            try await fixture.append("order-1 Placed")
            try await fixture.until("copy", is: "stopped") { $0.state == .stopped }
            log.failReads(with: nil)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 { group.addTask { try await fixture.host.resume(processor: "copy") } }
                try await group.waitForAll()
            }
            for key in 2...9 { try await fixture.append("order-\(key) Placed") }
            try await fixture.until("copy", is: "done") { $0.steps == 9 }
            #expect(try fixture.events(in: "seen").count == 9)
            #expect(try await fixture.status(of: "copy").state == .running)
        }
    }

    @Test func `an unknown processor can't be paused or resumed`() async throws {
        try await withHost(app) { fixture in
            let pause = await #expect(throws: RuntimeError.self) {
                try await fixture.host.pause(processor: "cpy")
            }
            #expect(pause?.code == "unknown-processor")
            #expect(pause?.hint == #"did you mean "copy"?"#)
            let resume = await #expect(throws: RuntimeError.self) {
                try await fixture.host.resume(processor: "x")
            }
            #expect(resume?.hint == "it declares $sender, $timers, copy, orders")
        }
    }

    @Test func `a host is ready when its processors have come as far as the log was`() async throws {
        let log = MemoryLog()
        let events = try (0..<50).map { try EventText.event("order-\($0) Placed") }
        _ = try await log.commit(NewFrame(events: events))
        let gate = HeldCommits()
        gate.hold()
        try await withHost(app, log: InterceptedLog(over: log, commit: gate.commit)) { fixture in
            try await gate.untilHeld(1)
            #expect(await fixture.host.notReadyReason() == "copy is running at position 0, behind 50")
            gate.release()
            try await fixture.untilIdle()
            #expect(await fixture.host.notReadyReason() == nil)
        }
    }

    @Test func `a processor that wants nothing of a long log moves its marks all the same`() async throws {
        let log = MemoryLog()
        for _ in 0..<9 {
            let events = try (0..<1_000).map { try EventText.event("noise-\($0) Made") }
            _ = try await log.commit(NewFrame(events: events))
        }
        try await withHost(app, log: log) { fixture in
            try await fixture.untilIdle()
            try await Condition.wait(for: "all marks moved") { try log.marks(of: "copy").count == 16 }
            #expect(try log.marks(of: "copy").values.allSatisfy { $0 >= 4_096 })
            #expect(try fixture.events(in: "seen").isEmpty)
        }
    }
}

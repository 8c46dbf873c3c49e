import EventLog
import Runtime
import TestSupport
import Testing

/// From reading alone to being brought events, and back: each event is dealt with once.
@Suite(.unlessItHangs) struct HandOverTests {
    private let app: AppFixture = """
        local function see(name)
          return function(e) emit(name .. "-" .. e.key, "Seen", { n = e.data.n }) end
        end
        handler "one" { on = "order.Placed", run = see "one" }
        handler "two" { on = "*.Placed", run = see "two" }
        handler "none" { on = "stock.Moved", run = function(e) end }
        """

    private func place(_ numbers: Range<Int>, _ fixture: HostFixture) async throws {
        let events = try numbers.map { try EventText.event("order-\($0 % 7) Placed {\"n\":\($0)}") }
        _ = try await fixture.host.commit(NewFrame(events: events))
    }

    private func expectOnce(_ count: Int, _ fixture: HostFixture) throws {
        for category in ["one", "two"] {
            var seen: [String] = []
            var position: Position = 0
            while true {
                let page = try fixture.log.read(ReadRequest(.category(category), after: position))
                seen += try page.events.map(EventText.line)
                position = page.scannedTo
                if page.reachedEnd { break }
            }
            let expected = (0..<count).map { "\(category)-\($0 % 7) Seen {\"n\":\($0)}" }
            #expect(seen.count == count)
            #expect(Set(seen) == Set(expected))
            // In the order of each key.
            for key in 0..<7 {
                let ofKey = seen.filter { $0.hasPrefix("\(category)-\(key) ") }
                #expect(ofKey == expected.filter { $0.hasPrefix("\(category)-\(key) ") })
            }
        }
    }

    @Test func `a handler that is paused falls behind, and catches up while more comes`() async throws {
        try await withHost(app) { fixture in
            try await place(0..<500, fixture)
            try await fixture.untilIdle()
            try await fixture.host.pause(processor: "one")
            // More than a handler queues: it leaves the shared reader.
            for start in stride(from: 500, to: 6_500, by: 500) {
                try await place(start..<start + 500, fixture)
            }
            try await fixture.until("two", is: "done") { $0.position >= fixture.log.lastPosition }
            try await fixture.host.resume(processor: "one")
            for start in stride(from: 6_500, to: 8_000, by: 20) {
                try await place(start..<start + 20, fixture)
            }
            try await fixture.untilIdle()
            try expectOnce(8_000, fixture)
        }
    }

    @Test func `a handler that stopped by itself begins anew beside the others`() async throws {
        let log = InterceptedLog(over: MemoryLog()) { frame, log throws(EventLogError) in
            // A zombie: somebody else moved the marks of "one".
            let isLast =
                frame.events.contains { $0.stream.text.hasPrefix("one-") } && log.lastPosition > 3_000
            let marks = try log.marks(of: "zombie")
            if isLast, marks.isEmpty {
                let mark = MarkMove(processor: "zombie", lane: 0, from: 0, to: 1)
                _ = try await log.commit(NewFrame(marks: [mark]))
                throw .fenced(processor: "one", lane: 0, expected: 1, actual: 2)
            }
            return try await log.commit(frame)
        }
        try await withHost(app, log: log) { fixture in
            for start in stride(from: 0, to: 2_000, by: 50) { try await place(start..<start + 50, fixture) }
            try await fixture.until("one", is: "stopped") { $0.state == .stopped }
            for start in stride(from: 2_000, to: 2_500, by: 50) {
                try await place(start..<start + 50, fixture)
            }
            try await fixture.host.resume(processor: "one")
            for start in stride(from: 2_500, to: 3_000, by: 50) {
                try await place(start..<start + 50, fixture)
            }
            try await fixture.untilIdle()
            try expectOnce(3_000, fixture)
        }
    }

    @Test func `a reader that fails leaves each handler to read by itself`() async throws {
        let log = InterceptedLog(over: MemoryLog())
        try await withHost(app, log: log) { fixture in
            try await place(0..<100, fixture)
            try await fixture.untilIdle()
            log.failReads(with: .damaged(file: "x", offset: 0, reason: "on purpose"))
            try await place(100..<200, fixture)
            for name in ["one", "two"] {
                try await fixture.until(name, is: "stopped") { $0.state == .stopped }
            }
            log.failReads(with: nil)
            for name in ["one", "two"] { try await fixture.host.resume(processor: name) }
            try await place(200..<300, fixture)
            try await Condition.wait(for: "all seen") {
                let two = try fixture.recorded(.category("two")).count
                return try fixture.recorded(.category("one")).count == 300 && two == 300
            }
            try expectOnce(300, fixture)
        }
    }

    @Test func `a handler without events keeps up, and writes next to nothing`() async throws {
        let log = InterceptedLog(over: MemoryLog())
        try await withHost(app, log: log) { fixture in
            try await place(0..<10, fixture)
            try await fixture.untilIdle()
            for start in stride(from: 0, to: 20_000, by: 500) {
                try await place(start..<start + 500, fixture)
            }
            try await fixture.untilIdle()
            let status = try await fixture.status(of: "none")
            #expect(status.position == log.lastPosition && status.lagEvents == 0)
            // One for each worker, if it has read some of this alone; one for every 4,096 would be ten.
            #expect(log.frames.count { $0.marks.contains { $0.processor == "none" } } <= 2)
        }
    }
}

import EventLog
import Testing

extension EventLogContract {
    /// Exactly when `waitForEvent` returns.
    static let waiting: [Sentence] = [
        Sentence("waiting behind the event before the newest returns at once") { fixture in
            for _ in 0..<5 { try await fixture.append("A", to: "order-1") }
            for position in 0..<5 as Range<Position> {
                try await fixture.log.waitForEvent(after: position)
            }
            let later = try await fixture.reopened()
            try await later.log.waitForEvent(after: 4)
            try await later.log.close()
        },
        Sentence("whoever waits behind a position that is still to come sleeps until it is passed") {
            fixture in
            for _ in 0..<3 { try await fixture.append("A", to: "order-1") }
            let waiters = (3..<8 as Range<Position>).map { position in
                Task {
                    try await fixture.log.waitForEvent(after: position)
                    return fixture.log.lastPosition
                }
            }
            for _ in 3..<8 {
                try await fixture.append("B", to: "order-1")
                for _ in 0..<5 { await Task.yield() }
            }
            for (number, waiter) in waiters.enumerated() {
                #expect(try await waiter.value >= Position(number) + 4)
            }
        },
        Sentence("one frame of many events wakes all who wait for any of them") { fixture in
            let waiters = (0..<10 as Range<Position>).map { position in
                Task { try await fixture.log.waitForEvent(after: position) }
            }
            let events = try (0..<10).map { try NewEvent.sample("A", "order-\($0)") }
            _ = try await fixture.log.commit(NewFrame(events: events))
            for waiter in waiters { try await waiter.value }
        },
        Sentence("a wait for what can never come ends with the log, or with its task") { fixture in
            try await fixture.append("A", to: "order-1")
            let cancelled = Task { try await fixture.log.waitForEvent(after: .max) }
            let closed = Task { try await fixture.log.waitForEvent(after: .max) }
            try await fixture.append("A", to: "order-1")
            cancelled.cancel()
            await #expect(throws: CancellationError.self) { try await cancelled.value }
            try await fixture.log.close()
            await #expect(throws: EventLogError.closed) { try await closed.value }
        },
    ]
}

import EventLog
import Testing

extension EventLogContract {
    static let live: [Sentence] = [
        Sentence("waiting for an event that is already there returns at once") { fixture in
            try await fixture.append("A", to: "order-1")
            try await fixture.log.waitForEvent(after: 0)
        },
        Sentence("a commit wakes everyone who waits for it") { fixture in
            try await withThrowingTaskGroup(of: Position.self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        try await fixture.log.waitForEvent(after: 0)
                        return fixture.log.lastPosition
                    }
                }
                try await fixture.append("A", to: "order-1")
                for try await position in group { #expect(position == 1) }
            }
        },
        Sentence("a frame of marks alone doesn't wake a reader into an empty page") { fixture in
            let waiter = Task { try await fixture.log.waitForEvent(after: 0) }
            _ = try await fixture.log.commit(
                NewFrame(marks: [MarkMove(processor: "p", lane: 0, from: 0, to: 1)])
            )
            try await fixture.append("A", to: "order-1")
            try await waiter.value
            #expect(fixture.log.lastPosition == 1)
        },
        Sentence("a cancelled wait ends with a cancellation") { fixture in
            let waiter = Task { try await fixture.log.waitForEvent(after: 0) }
            waiter.cancel()
            await #expect(throws: CancellationError.self) { try await waiter.value }
        },
        Sentence("closing the log ends every wait") { fixture in
            let waiters = (0..<10).map { _ in Task { try await fixture.log.waitForEvent(after: 0) } }
            try await fixture.log.close()
            for waiter in waiters {
                await #expect(throws: EventLogError.closed) { try await waiter.value }
            }
        },
        Sentence("a subscription yields what was there and then what comes, without gap or double") {
            fixture in
            for _ in 0..<20 { try await fixture.append("A", to: "order-1") }
            let reader = Task {
                var subscription = Subscription(log: fixture.log, filter: .all, after: 5)
                var seen: [Position] = []
                while seen.count < 215 {
                    seen += try await subscription.next(limit: 7).events.map(\.position)
                }
                return seen
            }
            for _ in 0..<200 { try await fixture.append("B", to: "order-2") }
            #expect(try await reader.value == Array(6...220))
        },
        Sentence("a filtered subscription skips what it doesn't want and moves its position past it") {
            fixture in
            let reader = Task {
                var subscription = Subscription(log: fixture.log, filter: .category("stock"), after: 0)
                var seen: [Position] = []
                for _ in 0..<2 { seen += try await subscription.next(limit: 1).events.map(\.position) }
                return (seen, subscription.position)
            }
            for category in ["order", "stock", "order", "order", "stock"] {
                try await fixture.append("A", to: "\(category)-1")
            }
            let (seen, position) = try await reader.value
            #expect(seen == [2, 5])
            #expect(position == 5)
        },
        Sentence("a reader never sees a position whose event can't be read") { fixture in
            let writer = Task {
                for _ in 0..<200 { try await fixture.append("A", to: "order-1") }
            }
            var last: Position = 0
            while last < 200 {
                try await fixture.log.waitForEvent(after: last)
                last = fixture.log.lastPosition
                let newest = try fixture.log.read(
                    ReadRequest(.all, after: last - 1, limit: 1)
                ).events.first
                #expect(newest?.position == last)
                #expect(try fixture.log.revision(of: StreamName("order-1")) ?? 0 >= last - 1)
            }
            try await writer.value
        },
    ]
}

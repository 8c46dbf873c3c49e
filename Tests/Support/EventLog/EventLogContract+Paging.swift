import EventLog
import Testing

extension LogFixture {
    /// The positions that a filter names, read page by page; a page that doesn't move on is a failure.
    public func pages(
        _ filter: EventFilter,
        _ direction: ReadRequest.Direction,
        limit: Int,
        revision: Revision? = nil
    ) throws -> [Position] {
        var found: [Position] = []
        var after: Position = direction == .forwards ? 0 : .max
        while true {
            let batch = try log.read(
                ReadRequest(filter, after: after, direction: direction, limit: limit, revision: revision)
            )
            #expect(batch.events.count <= limit)
            found += batch.events.map(\.position)
            if batch.reachedEnd { return found }
            try #require(direction == .forwards ? batch.scannedTo > after : batch.scannedTo < after)
            after = batch.scannedTo
        }
    }
}

extension EventLogContract {
    /// Seven frames of 1, 2, … 7 events, one mark alone between each two; positions 1…28.
    private static func fill(_ fixture: LogFixture) async throws {
        for size in 1...7 as ClosedRange<Position> {
            let events = try (0..<size).map { index in
                try NewEvent.sample(
                    index % 2 == 0 ? "Even" : "Odd",
                    "\(index % 3 == 0 ? "order" : "stock")-\(index % 2)",
                    tags: ["size:\(size)"]
                )
            }
            _ = try await fixture.log.commit(NewFrame(events: events))
            _ = try await fixture.log.commit(
                NewFrame(marks: [MarkMove(processor: "p", lane: 0, from: size - 1, to: size)])
            )
        }
    }

    static let paging: [Sentence] = [
        Sentence("a page may begin and end within a frame, in either direction") { fixture in
            try await fill(fixture)
            let filters: [EventFilter] = [
                .all, .category("order"), .stream(try StreamName("stock-1")),
                .query(EventQuery(types: ["Even"])), .query(EventQuery(tags: ["size:6"])),
                .query(EventQuery(types: ["Odd"], tags: ["size:7"], category: "stock")),
            ]
            var fixture = fixture
            for _ in 0..<2 {
                for filter in filters {
                    let whole = try fixture.positions(filter)
                    #expect(!whole.isEmpty)
                    for limit in [1, 2, 3, 5, 27, 28, 29] {
                        #expect(try fixture.pages(filter, .forwards, limit: limit) == whole)
                        #expect(try fixture.pages(filter, .backwards, limit: limit) == whole.reversed())
                    }
                }
                fixture = try await fixture.reopened()
            }
            try await fixture.log.close()
        },
        Sentence("a stream is read from a revision page by page, in either direction") { fixture in
            try await fill(fixture)
            let stream = EventFilter.stream(try StreamName("stock-1"))
            let whole = try fixture.positions(stream)
            for skipped in 0...whole.count {
                let revision = Revision(skipped)
                for limit in 1...4 {
                    let ahead = try fixture.pages(stream, .forwards, limit: limit, revision: revision)
                    #expect(ahead == Array(whole.dropFirst(skipped)))
                    let back = try fixture.pages(stream, .backwards, limit: limit, revision: revision)
                    #expect(back == whole.prefix(skipped + 1).reversed())
                }
            }
            // From the end, wherever that is.
            #expect(try fixture.pages(stream, .backwards, limit: 2, revision: .max) == whole.reversed())
            #expect(try fixture.pages(stream, .forwards, limit: 2, revision: .max).isEmpty)
        },
        Sentence("a limit of nothing looks at nothing, in either direction and with any filter") { fixture in
            try await fill(fixture)
            let filters: [EventFilter] = [
                .all, .category("order"), .stream(try StreamName("stock-1")), .query(EventQuery()),
            ]
            for filter in filters {
                for direction in [ReadRequest.Direction.forwards, .backwards] {
                    for after: Position in [0, 5, 28, .max] {
                        let batch = try fixture.log.read(
                            ReadRequest(filter, after: after, direction: direction, limit: 0)
                        )
                        #expect(batch.events.isEmpty && batch.scannedTo == after && !batch.reachedEnd)
                    }
                }
            }
        },
        Sentence("a limit of exactly what is left reads it all, and the next page is empty and the last") {
            fixture in
            try await fill(fixture)
            let batch = try fixture.log.read(ReadRequest(.all, limit: 28))
            #expect(batch.events.count == 28 && batch.scannedTo == 28)
            let next = try fixture.log.read(ReadRequest(.all, after: 28, limit: 28))
            #expect(next.events.isEmpty && next.reachedEnd && next.scannedTo == 28)
            let back = try fixture.log.read(
                ReadRequest(.all, after: .max, direction: .backwards, limit: 28)
            )
            #expect(back.events.count == 28 && back.scannedTo == 1)
        },
    ]
}

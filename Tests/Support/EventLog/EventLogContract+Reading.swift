import EventLog
import Testing

extension EventLogContract {
    /// Positions 1…12: order-0, stock-0, order-1, stock-1, … each with a tag; every third is an `Odd`.
    private static func fill(_ fixture: LogFixture) async throws {
        for number in 0..<12 {
            let category = number % 2 == 0 ? "order" : "stock"
            try await fixture.append(
                number % 3 == 0 ? "Odd" : "Even",
                to: "\(category)-\(number % 4 / 2)",
                tags: number % 2 == 0 ? ["even"] : ["odd", "n:\(number)"]
            )
        }
    }

    static let reading: [Sentence] = [
        Sentence("a read begins behind its position, in either direction") { fixture in
            try await fill(fixture)
            func positions(_ after: Position, _ direction: ReadRequest.Direction) throws -> [Position] {
                try fixture.log.read(ReadRequest(.all, after: after, direction: direction)).events.map(
                    \.position
                )
            }
            #expect(try positions(0, .forwards) == Array(1...12))
            #expect(try positions(10, .forwards) == [11, 12])
            #expect(try positions(12, .forwards) == [])
            #expect(try positions(.max, .forwards) == [])
            #expect(try positions(.max, .backwards) == Array((1...12).reversed()))
            #expect(try positions(3, .backwards) == [2, 1])
            #expect(try positions(1, .backwards) == [])
            #expect(try positions(0, .backwards) == [])
        },
        Sentence("pages join without gap or double, and the last one says that it is the last") { fixture in
            try await fill(fixture)
            let filters: [EventFilter] = [
                .all, .category("order"), .stream(try StreamName("stock-1")),
                .query(EventQuery(types: ["Odd"], tags: ["odd"])),
            ]
            for filter in filters {
                let whole = try fixture.positions(filter)
                for direction in [ReadRequest.Direction.forwards, .backwards] {
                    for limit in 1...5 {
                        var seen: [Position] = []
                        var after: Position = direction == .forwards ? 0 : .max
                        while true {
                            let batch = try fixture.log.read(
                                ReadRequest(filter, after: after, direction: direction, limit: limit)
                            )
                            #expect(batch.events.count <= limit)
                            seen += batch.events.map(\.position)
                            after = batch.scannedTo
                            if batch.reachedEnd { break }
                            #expect(!batch.events.isEmpty)
                        }
                        #expect(seen == (direction == .forwards ? whole : whole.reversed()))
                    }
                }
            }
        },
        Sentence("a read says how far it looked, also where nothing matched") { fixture in
            try await fill(fixture)
            let none = try fixture.log.read(ReadRequest(.category("nothing")))
            #expect(none.events.isEmpty && none.reachedEnd && none.scannedTo == 12)
            let ahead = try fixture.log.read(ReadRequest(.all, after: 100))
            #expect(ahead.events.isEmpty && ahead.reachedEnd && ahead.scannedTo == 100)
            let page = try fixture.log.read(ReadRequest(.category("stock"), limit: 2))
            #expect(page.scannedTo == 4 && !page.reachedEnd)
            let back = try fixture.log.read(
                ReadRequest(.category("stock"), after: .max, direction: .backwards)
            )
            #expect(back.reachedEnd && back.scannedTo == 1)
        },
        Sentence("a read begins at a time: at the first event that is not older") { fixture in
            let times: [LogTime] = [1_000, 1_000, 2_000, 2_000, 2_000, 5_000]
            for time in times {
                fixture.clock.set(time)
                try await fixture.append("A", to: "a-1")
            }
            for (time, position) in [(0, 1), (1_000, 1), (1_001, 3), (2_000, 3), (4_999, 6), (5_001, 7)] {
                #expect(
                    try fixture.log.firstPosition(notBefore: LogTime(time)) == Position(position),
                    "\(time)"
                )
            }
        },
        Sentence("a limit of nothing or less looks at nothing") { fixture in
            try await fill(fixture)
            for limit in [0, -1] {
                let batch = try fixture.log.read(ReadRequest(.all, after: 3, limit: limit))
                #expect(batch.events.isEmpty && !batch.reachedEnd && batch.scannedTo == 3)
            }
        },
        Sentence("events of frames of many sizes read back in order, also after opening again") { fixture in
            var expected: [String] = []
            for size in [1, 7, 1, 100, 3, 250, 1, 40] {
                let events = try (0..<size).map { number in
                    expected.append("\(size)/\(number)")
                    return try NewEvent.sample("A", "s-\(number % 9)", data: "\(size)/\(number)")
                }
                _ = try await fixture.log.commit(NewFrame(events: events))
            }
            for fixture in [fixture, try await fixture.reopened()] where !isClosed(fixture.log) {
                let all = try fixture.log.read(ReadRequest(.all)).events
                #expect(all.map { String(decoding: $0.data, as: UTF8.self) } == expected)
                #expect(all.map(\.position) == Array(1...Position(expected.count)))
                let stream = try fixture.log.read(ReadRequest(.stream(StreamName("s-4")))).events
                #expect(stream.map(\.revision) == Array(0..<Revision(stream.count)))
                #expect(stream.map(\.position) == all.filter { $0.stream.key == "4" }.map(\.position))
                if fixture.log.lastPosition != Position(expected.count) { continue }
                try await fixture.log.close()
            }
        },
    ]

    private static func isClosed(_ log: any EventLog) -> Bool {
        do {
            _ = try log.read(ReadRequest(.all, limit: 0))
            return false
        } catch {
            return error == .closed
        }
    }

    static let filters: [Sentence] = [
        Sentence("a filter by stream, category, type or tag finds its events and no others") { fixture in
            try await fill(fixture)
            #expect(try fixture.positions(.stream(StreamName("order-0"))) == [1, 5, 9])
            #expect(try fixture.positions(.stream(StreamName("order"))) == [])
            #expect(try fixture.positions(.category("stock")) == [2, 4, 6, 8, 10, 12])
            #expect(try fixture.positions(.category("stoc")) == [])
            #expect(try fixture.positions(.query(EventQuery(types: ["Odd"]))) == [1, 4, 7, 10])
            #expect(try fixture.positions(.query(EventQuery(types: ["Odd", "Even"]))) == Array(1...12))
            #expect(try fixture.positions(.query(EventQuery(types: ["Odd"], tags: ["odd"]))) == [4, 10])
            #expect(try fixture.positions(.query(EventQuery(tags: ["odd", "n:3"]))) == [4])
            #expect(try fixture.positions(.query(EventQuery(tags: ["even", "odd"]))) == [])
            #expect(
                try fixture.positions(.query(EventQuery(types: ["Odd"], category: "order"))) == [1, 7]
            )
            #expect(try fixture.positions(.query(EventQuery())) == Array(1...12))
            #expect(try fixture.positions(.query(EventQuery(types: ["Unknown"]))) == [])
        },
        Sentence("a stream can be read from a revision, in either direction") { fixture in
            try await fill(fixture)
            func revisions(
                _ revision: Revision,
                _ direction: ReadRequest.Direction,
                after: Position
            ) throws -> [Revision] {
                let request = ReadRequest(
                    .stream(try StreamName("order-0")),
                    after: after,
                    direction: direction,
                    revision: revision
                )
                return try fixture.log.read(request).events.map(\.revision)
            }
            #expect(try revisions(0, .forwards, after: 0) == [0, 1, 2])
            #expect(try revisions(1, .forwards, after: 0) == [1, 2])
            #expect(try revisions(1, .forwards, after: 5) == [2])
            #expect(try revisions(3, .forwards, after: 0) == [])
            #expect(try revisions(1, .backwards, after: .max) == [1, 0])
            #expect(try revisions(9, .backwards, after: .max) == [2, 1, 0])
            #expect(try revisions(2, .backwards, after: 9) == [1, 0])
        },
        Sentence("an event with one tag twice is found once") { fixture in
            try await fixture.append("A", to: "order-1", tags: ["t", "t"])
            #expect(try fixture.positions(.query(EventQuery(tags: ["t"]))) == [1])
        },
    ]
}

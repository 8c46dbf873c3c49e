import EventLog
import Testing

extension EventLogContract {
    /// Positions 1…12, one event each, with a key, a tag and a move of a mark.
    private static func fill(_ fixture: LogFixture) async throws {
        for number in 0..<12 as Range<Position> {
            let event = try NewEvent.sample(
                number % 3 == 0 ? "Odd" : "Even",
                "\(number % 2 == 0 ? "order" : "stock")-\(number % 4)",
                tags: ["n:\(number % 5)"]
            )
            _ = try await fixture.log.commit(
                NewFrame(
                    events: [event],
                    marks: [MarkMove(processor: "p", lane: 0, from: number, to: number + 1)],
                    idempotencyKey: "try-\(number)"
                )
            )
        }
    }

    static let forking: [Sentence] = [
        Sentence("a fork holds what the log held at its position, and no more") { fixture in
            try await fill(fixture)
            let fork = try fixture.fork(at: 7)
            #expect(fork.log.identity == fixture.log.identity)
            #expect(fork.log.readOnlyReason == nil)
            #expect(fork.log.lastPosition == 7)
            #expect(try fork.positions(.all) == Array(1...7))
            #expect(try fork.positions(.stream(StreamName("order-0"))) == [1, 5])
            #expect(try fork.positions(.category("stock")) == [2, 4, 6])
            #expect(try fork.positions(.query(EventQuery(types: ["Odd"]))) == [1, 4, 7])
            #expect(try fork.positions(.query(EventQuery(tags: ["n:1"]))) == [2, 7])
            #expect(try fork.log.revision(of: StreamName("order-0")) == 1)
            #expect(try fork.log.marks(of: "p") == [0: 7])
            #expect(try fork.log.receipt(forKey: "try-6") == fixture.log.receipt(forKey: "try-6"))
            #expect(try fork.log.receipt(forKey: "try-7") == nil)
            let back = try fork.log.read(ReadRequest(.all, after: .max, direction: .backwards))
            #expect(back.events.map(\.position) == Array((1...7).reversed()))
            try await fork.log.close()
        },
        Sentence("a fork ends with the last whole frame at or before its position") { fixture in
            try await fixture.append("A", to: "order-1")
            _ = try await fixture.log.commit(
                NewFrame(events: [.sample("B", "order-1"), .sample("C", "order-2"), .sample("D", "order-3")])
            )
            try await fixture.append("E", to: "order-1")
            let ends: [(Position, Position)] = [
                (0, 0), (1, 1), (2, 1), (3, 1), (4, 4), (5, 5), (6, 5), (.max, 5),
            ]
            for (position, end) in ends {
                let fork = try fixture.fork(at: position)
                #expect(fork.log.lastPosition == end)
                #expect(try fork.positions(.all) == Array(1..<end + 1))
                #expect(try fork.log.revision(of: StreamName("order-3")) == (end < 4 ? nil : 0))
                try await fork.log.close()
            }
        },
        Sentence("frames of marks alone belong to the event before them, also when there is none") {
            fixture in
            for position in 0..<3 as Range<Position> {
                for step in 0..<2 as Range<Position> {
                    let from = position * 2 + step
                    _ = try await fixture.log.commit(
                        NewFrame(
                            marks: [MarkMove(processor: "p", lane: 0, from: from, to: from + 1)],
                            idempotencyKey: "mark-\(from)"
                        )
                    )
                }
                if position < 2 { try await fixture.append("A", to: "order-1") }
            }
            for position in 0..<3 as Range<Position> {
                let fork = try fixture.fork(at: position)
                let moved = position * 2 + 2
                #expect(fork.log.lastPosition == position)
                #expect(try fork.log.marks(of: "p") == [0: moved])
                for number in 0..<6 as Range<Position> {
                    #expect((try fork.log.receipt(forKey: "mark-\(number)") != nil) == (number < moved))
                }
                try await fork.log.close()
            }
        },
        Sentence("a fork goes on where it begins: positions, revisions, marks and ids") { fixture in
            try await fill(fixture)
            let fork = try fixture.fork(at: 5)
            let receipt = try await fork.log.commit(
                NewFrame(
                    events: [.sample("New", "order-0"), .sample("New", "order-9")],
                    marks: [MarkMove(processor: "p", lane: 0, from: 5, to: 60)],
                    conditions: [.stream(StreamName("order-0"), .exactly(1))]
                )
            )
            #expect(receipt.firstPosition == 6 && receipt.revisions == [2, 0] && !receipt.wasKnown)
            #expect(try fork.positions(.all) == Array(1...7))
            #expect(try fork.positions(.stream(StreamName("order-0"))) == [1, 5, 6])
            #expect(try fork.log.marks(of: "p") == [0: 60])
            let id = try fork.log.read(ReadRequest(.all, after: 5)).events.first?.id
            #expect(id == EventID.derived(from: fixture.log.identity.id, position: 6))
            try await fork.log.close()
        },
        Sentence("a fork is read across its beginning page by page, in either direction") { fixture in
            try await fill(fixture)
            let fork = try fixture.fork(at: 6)
            for number in 0..<6 {
                try await fork.append("Even", to: "order-\(number % 2 * 2)", tags: ["n:1"])
            }
            let filters: [EventFilter] = [
                .all, .category("order"), .stream(try StreamName("order-0")),
                .query(EventQuery(types: ["Even"], tags: ["n:1"])),
            ]
            for filter in filters {
                let whole = try fork.positions(filter)
                #expect(whole.contains { $0 <= 6 } && whole.contains { $0 > 6 })
                for limit in 1...4 {
                    #expect(try fork.pages(filter, .forwards, limit: limit) == whole)
                    #expect(try fork.pages(filter, .backwards, limit: limit) == whole.reversed())
                }
            }
            try await fork.log.close()
        },
        Sentence("a fork's time goes on from its own last frame") { fixture in
            fixture.clock.set(5_000)
            try await fixture.append("A", to: "order-1")
            fixture.clock.set(9_000)
            try await fixture.append("A", to: "order-1")
            let fork = try fixture.fork(at: 1)
            fixture.clock.set(4_000)
            #expect(try await fork.append("B", to: "order-1").time == 5_000)
            fixture.clock.set(6_000)
            #expect(try await fork.append("B", to: "order-1").time == 6_000)
            #expect(try await fixture.append("B", to: "order-1").time == 9_000)
            try await fork.log.close()
        },
        Sentence("a fork reads its base's events after the base was closed") { fixture in
            try await fill(fixture)
            let fork = try fixture.fork(at: 7)
            try await fixture.log.close()
            #expect(try fork.positions(.all) == Array(1...7))
            #expect(try fork.log.receipt(forKey: "try-3")?.firstPosition == 4)
            try await fork.append("A", to: "order-0")
            #expect(try fork.positions(.stream(StreamName("order-0"))) == [1, 5, 8])
            try await fork.log.close()
        },
        Sentence("a closed log has no forks, and closing a fork closes nothing else") { fixture in
            try await fixture.append("A", to: "order-1")
            let fork = try fixture.fork(at: 1)
            let other = try fixture.fork(at: 1)
            let deep = try fork.fork(at: 1)
            try await fork.log.close()
            #expect(throws: EventLogError.closed) { try fork.positions(.all) }
            for open in [fixture, other, deep] {
                #expect(try open.positions(.all) == [1])
                try await open.append("B", to: "order-1", expected: .exactly(0))
            }
            try await deep.log.close()
            try await other.log.close()
            try await fixture.log.close()
            for closed in [fork, fixture] {
                #expect(throws: EventLogError.closed) { try closed.log.fork(at: 1) }
            }
        },
    ]
}

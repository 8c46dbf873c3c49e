import EventLog
import Testing

extension EventLogContract {
    /// Commits that are in flight together, and what is remembered of them for ever.
    static let flushes: [Sentence] = [
        Sentence("a condition sees what was committed just before, also by a frame of the same flush") {
            fixture in
            let pairs = try await withThrowingTaskGroup(of: (Int, Bool, Position?).self) { group in
                for number in 0..<30 {
                    for isFirst in [true, false] {
                        group.addTask {
                            let expected: ExpectedRevision = isFirst ? .none : .exists
                            do throws(EventLogError) {
                                let frame = NewFrame(
                                    events: [NewEvent(stream: try StreamName("pair-\(number)"), type: "A")],
                                    conditions: [.stream(try StreamName("pair-\(number)"), expected)]
                                )
                                return (number, isFirst, try await fixture.log.commit(frame).firstPosition)
                            } catch {
                                let stream = try StreamName("pair-\(number)")
                                #expect(
                                    error
                                        == .wrongExpectedRevision(
                                            stream: stream,
                                            expected: .exists,
                                            actual: nil
                                        )
                                )
                                return (number, isFirst, nil)
                            }
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for (number, isFirst, position) in pairs where !isFirst {
                let first = pairs.first { $0.0 == number && $0.1 }?.2
                let stream = try StreamName("pair-\(number)")
                #expect(first != nil)
                #expect(try fixture.log.revision(of: stream) == (position == nil ? 0 : 1))
                if let position, let first { #expect(position > first) }
            }
        },
        Sentence("of many that move one mark by one, each place is taken once, in order") { fixture in
            let wins = try await withThrowingTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask { try await climb(fixture.log, to: 40) }
                }
                return try await group.reduce(into: [Position]()) { $0 += $1 }
            }
            #expect(wins.sorted() == Array(1...40))
            #expect(try fixture.log.marks(of: "p") == [0: 40])
            let steps = try fixture.log.read(ReadRequest(.all)).events.map {
                String(decoding: $0.data, as: UTF8.self)
            }
            #expect(steps == (1...40).map(String.init))
        },
        Sentence("time never goes back, whatever the clock does and however many write") { fixture in
            try await withThrowingTaskGroup { group in
                for task in 0..<8 {
                    group.addTask {
                        var random = SeededRandom(seed: UInt64(task))
                        for _ in 0..<15 {
                            fixture.clock.set(.random(in: 1_000...9_000, using: &random))
                            try await fixture.append("A", to: "order-\(task)")
                        }
                    }
                }
                try await group.waitForAll()
            }
            let later = try await fixture.reopened()
            fixture.clock.set(1)
            try await later.append("A", to: "order-0")
            let times = try later.log.read(ReadRequest(.all)).events.map(\.time)
            #expect(times.count == 121 && times == times.sorted())
            #expect(times.allSatisfy { (1_000...9_000).contains($0) })
            try await later.log.close()
        },
        Sentence("a key is answered with the same receipt for ever, over any number of openings") { fixture in
            var receipts: [Receipt] = []
            for number in 0..<60 as Range<Position> {
                var frame = NewFrame(idempotencyKey: "key-\(number)")
                // Every third frame has marks alone.
                if number % 3 == 0 {
                    frame.marks = [MarkMove(processor: "p", lane: 0, from: number, to: number + 3)]
                } else {
                    let size = Int(number % 4)
                    frame.events = try (0...size).map { try .sample("A", "order-\($0)") }
                }
                fixture.clock.set(LogTime(1_000 + number))
                receipts.append(try await fixture.log.commit(frame))
            }
            var fixture = fixture
            for round in 0..<3 {
                fixture = try await fixture.reopened()
                for (number, first) in receipts.enumerated() {
                    let again = Receipt(
                        firstPosition: first.firstPosition,
                        eventCount: first.eventCount,
                        revisions: first.revisions,
                        time: first.time,
                        wasKnown: true
                    )
                    #expect(try fixture.log.receipt(forKey: "key-\(number)") == again)
                    let frame = NewFrame(
                        events: [try .sample("B", "order-1")],
                        idempotencyKey: "key-\(number)"
                    )
                    #expect(try await fixture.log.commit(frame) == again)
                }
                try await fixture.append("C\(round)", to: "order-1")
            }
            #expect(try fixture.positions(.query(EventQuery(types: ["B"]))) == [])
            try await fixture.log.close()
        },
    ]

    /// Moves the mark of `p` by one, again and again, with others, until it stands somewhere; returns the
    /// places that were reached here.
    private static func climb(_ log: any EventLog, to top: Position) async throws -> [Position] {
        var reached: [Position] = []
        while true {
            let from = try log.marks(of: "p")[0] ?? 0
            guard from < top else { return reached }
            do throws(EventLogError) {
                let step = NewEvent(
                    stream: try StreamName("step-1"),
                    type: "Climbed",
                    data: Array("\(from + 1)".utf8)[...]
                )
                let move = MarkMove(processor: "p", lane: 0, from: from, to: from + 1)
                _ = try await log.commit(NewFrame(events: [step], marks: [move]))
                reached.append(from + 1)
            } catch {
                guard case .fenced("p", 0, from, let actual) = error else { throw error }
                #expect(actual > from)
            }
        }
    }
}

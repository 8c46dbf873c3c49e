import EventLog
import Testing

extension EventLogContract {
    /// A log and its fork, each written to while the other is there.
    static let forkedWriting: [Sentence] = [
        Sentence("what a fork writes stays in the fork") { fixture in
            try await fixture.append("A", to: "order-1", tags: ["t"])
            let fork = try fixture.fork(at: 1)
            _ = try await fork.log.commit(
                NewFrame(
                    events: [.sample("A", "order-1", tags: ["t"]), .sample("New", "order-2")],
                    marks: [MarkMove(processor: "p", lane: 0, from: 0, to: 1)],
                    idempotencyKey: "k"
                )
            )
            #expect(fixture.log.lastPosition == 1)
            #expect(try fixture.positions(.all) == [1])
            #expect(try fixture.positions(.query(EventQuery(types: ["New"]))) == [])
            #expect(try fixture.positions(.query(EventQuery(tags: ["t"]))) == [1])
            #expect(try fixture.log.revision(of: StreamName("order-2")) == nil)
            #expect(try fixture.log.marks(of: "p") == [:])
            #expect(try fixture.log.receipt(forKey: "k") == nil)
            try await fork.log.close()
            let later = try await fixture.reopened()
            #expect(try later.positions(.all) == [1])
            try await later.log.close()
        },
        Sentence("a fork doesn't see what its log gets later") { fixture in
            try await fixture.append("A", to: "order-1")
            let fork = try fixture.fork(at: .max)
            _ = try await fixture.log.commit(
                NewFrame(
                    events: [.sample("New", "order-1", tags: ["t"]), .sample("New", "order-2", tags: ["t"])],
                    marks: [MarkMove(processor: "p", lane: 0, from: 0, to: 1)],
                    idempotencyKey: "k"
                )
            )
            #expect(fork.log.lastPosition == 1)
            #expect(try fork.positions(.all) == [1])
            #expect(try fork.positions(.query(EventQuery(tags: ["t"]))) == [])
            #expect(try fork.log.revision(of: StreamName("order-2")) == nil)
            #expect(try fork.log.marks(of: "p") == [:])
            #expect(try fork.log.receipt(forKey: "k") == nil)
            let receipt = try await fork.log.commit(
                NewFrame(
                    events: [.sample("Other", "order-1")],
                    marks: [MarkMove(processor: "p", lane: 0, from: 0, to: 9)],
                    conditions: [
                        .stream(StreamName("order-1"), .exactly(0)), .stream(StreamName("order-2"), .none),
                        .noEvent(matching: EventQuery(types: ["New"]), after: 0),
                    ],
                    idempotencyKey: "k"
                )
            )
            #expect(receipt.firstPosition == 2 && receipt.revisions == [1] && !receipt.wasKnown)
            try await fork.log.close()
        },
        Sentence("a fork checks conditions, marks and keys against what it took from its log") { fixture in
            _ = try await fixture.log.commit(
                NewFrame(
                    events: [.sample("A", "order-1", tags: ["t"])],
                    marks: [MarkMove(processor: "p", lane: 0, from: 0, to: 7)],
                    idempotencyKey: "k"
                )
            )
            let fork = try fixture.fork(at: 1)
            let stream = try StreamName("order-1")
            await #expect(
                throws: EventLogError.wrongExpectedRevision(stream: stream, expected: .none, actual: 0)
            ) {
                try await fork.append("B", to: "order-1", expected: .none)
            }
            let event = try NewEvent.sample("B", "order-2")
            let free = AppendCondition.noEvent(matching: EventQuery(tags: ["t"]), after: 0)
            await #expect(throws: EventLogError.conditionFailed(index: 0, matching: 1)) {
                try await fork.log.commit(NewFrame(events: [event], conditions: [free]))
            }
            await #expect(throws: EventLogError.fenced(processor: "p", lane: 0, expected: 0, actual: 7)) {
                let move = MarkMove(processor: "p", lane: 0, from: 0, to: 1)
                return try await fork.log.commit(NewFrame(marks: [move]))
            }
            let known = try await fork.log.commit(NewFrame(events: [event], idempotencyKey: "k"))
            #expect(known.wasKnown && known.firstPosition == 1)
            #expect(fork.log.lastPosition == 1)
            try await fork.log.close()
        },
        Sentence("a log, its fork and the fork's fork each have their own future under the same names") {
            fixture in
            try await fixture.append("Shared", to: "order-1")
            let fork = try fixture.fork(at: 1)
            try await fork.append("Forked", to: "order-1")
            let deep = try fork.fork(at: 2)
            for (number, branch) in [fixture, fork, deep].enumerated() {
                for step in 0..<30 {
                    let event = try NewEvent.sample(
                        "T\(number)",
                        "order-\(step % 3)",
                        tags: ["step:\(step % 5)"]
                    )
                    let receipt = try await branch.log.commit(
                        NewFrame(events: [event], idempotencyKey: "try-\(step)")
                    )
                    #expect(!receipt.wasKnown)
                }
            }
            for (number, branch) in [fixture, fork, deep].enumerated() {
                let shared = Position(min(number, 1) + 1)
                #expect(branch.log.lastPosition == shared + 30)
                let types = try branch.log.read(ReadRequest(.all)).events.map(\.type)
                #expect(
                    types == ["Shared", "Forked"].prefix(Int(shared))
                        + Array(repeating: "T\(number)", count: 30)
                )
                #expect(try branch.positions(.query(EventQuery(types: ["T\((number + 1) % 3)"]))) == [])
                #expect(try branch.positions(.query(EventQuery(tags: ["step:1"]))).count == 6)
                #expect(try branch.log.receipt(forKey: "try-0")?.firstPosition == shared + 1)
            }
            try await deep.log.close()
            try await fork.log.close()
        },
        Sentence("a fork stays as it is while its log goes on for long") { fixture in
            for number in 0..<40 {
                try await fixture.append("Early", to: "order-\(number % 3)", tags: ["n:\(number % 4)"])
            }
            let forks = try [0, 1, 17, 39, 40].map { try fixture.fork(at: $0) }
            for number in 0..<200 {
                try await fixture.append("Late", to: "order-\(number % 5)", tags: ["n:\(number % 4)"])
            }
            for (fork, end) in zip(forks, [0, 1, 17, 39, 40] as [Position]) {
                #expect(fork.log.lastPosition == end)
                #expect(try fork.positions(.all) == Array(1..<end + 1))
                let first = Array(stride(from: 1, through: end, by: 3))
                #expect(try fork.positions(.stream(StreamName("order-0"))) == first)
                #expect(try fork.positions(.query(EventQuery(tags: ["n:0"]))).allSatisfy { $0 <= end })
                #expect(try fork.positions(.query(EventQuery(types: ["Late"]))) == [])
                #expect(try fork.log.revision(of: StreamName("order-4")) == nil)
                try await fork.log.close()
            }
        },
        Sentence("a fork that is taken while others write is whole") { fixture in
            try await withThrowingTaskGroup { group in
                for task in 0..<4 {
                    group.addTask {
                        for _ in 0..<30 {
                            let events = try (0..<3).map { _ in try NewEvent.sample("A", "order-\(task)") }
                            _ = try await fixture.log.commit(NewFrame(events: events))
                        }
                    }
                }
                for _ in 0..<40 {
                    let fork = try fixture.fork(at: .max)
                    let end = fork.log.lastPosition
                    #expect(end % 3 == 0 && end <= fixture.log.lastPosition)
                    #expect(try fork.positions(.all) == Array(1..<end + 1))
                    let streams = try (0..<4).map { try fork.positions(.stream(StreamName("order-\($0)"))) }
                    #expect(streams.reduce(0) { $0 + $1.count } == Int(end))
                    #expect(try await fork.append("B", to: "order-0").firstPosition == end + 1)
                    try await fork.log.close()
                    await Task.yield()
                }
                try await group.waitForAll()
            }
            #expect(fixture.log.lastPosition == 360)
        },
        Sentence("a commit wakes those who wait on its own side of a fork, and nobody else") { fixture in
            try await fixture.append("A", to: "order-1")
            let fork = try fixture.fork(at: 1)
            for (writer, other) in [(fixture, fork), (fork, fixture)] {
                let end = other.log.lastPosition
                let waiter = Task {
                    try await other.log.waitForEvent(after: end)
                    return other.log.lastPosition
                }
                for _ in 0..<10 {
                    try await writer.append("B", to: "order-1")
                    await Task.yield()
                }
                try await other.append("C", to: "order-1")
                #expect(try await waiter.value == end + 1)
            }
            try await fork.log.close()
        },
    ]
}

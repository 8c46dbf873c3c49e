import EventLog
import Testing

extension EventLogContract {
    static let revisionConditions: [Sentence] = [
        Sentence("a stream that must be empty refuses once it is not") { fixture in
            let stream = try StreamName("order-1")
            try await fixture.append("OrderPlaced", to: "order-1", expected: .none)
            await #expect(
                throws: EventLogError.wrongExpectedRevision(stream: stream, expected: .none, actual: 0)
            ) {
                try await fixture.append("OrderPlaced", to: "order-1", expected: .none)
            }
        },
        Sentence("a stream that must exist refuses while it doesn't") { fixture in
            let stream = try StreamName("order-1")
            await #expect(
                throws: EventLogError.wrongExpectedRevision(stream: stream, expected: .exists, actual: nil)
            ) {
                try await fixture.append("OrderShipped", to: "order-1", expected: .exists)
            }
            try await fixture.append("OrderPlaced", to: "order-1")
            try await fixture.append("OrderShipped", to: "order-1", expected: .exists)
        },
        Sentence("a stale expected revision is refused and nothing is written") { fixture in
            let stream = try StreamName("order-1")
            try await fixture.append("OrderPlaced", to: "order-1")
            try await fixture.append("OrderPaid", to: "order-1", expected: .exactly(0))
            for stale: Revision in [0, 2, .max] {
                await #expect(
                    throws: EventLogError.wrongExpectedRevision(
                        stream: stream,
                        expected: .exactly(stale),
                        actual: 1
                    )
                ) {
                    try await fixture.append("OrderShipped", to: "order-1", expected: .exactly(stale))
                }
            }
            #expect(fixture.log.lastPosition == 2)
            #expect(try fixture.log.revision(of: stream) == 1)
        },
        Sentence("any revision is fine for a stream that is not asked about") { fixture in
            try await fixture.append("OrderPlaced", to: "order-1", expected: .any)
            try await fixture.append("OrderPlaced", to: "order-1", expected: .any)
            #expect(fixture.log.lastPosition == 2)
        },
        Sentence("a condition may name a stream that the frame doesn't write to") { fixture in
            try await fixture.append("Opened", to: "account-1")
            let frame = NewFrame(
                events: [try .sample("Noted", "note-1")],
                conditions: [.stream(try StreamName("account-1"), .exactly(0))]
            )
            _ = try await fixture.log.commit(frame)
            try await fixture.append("Closed", to: "account-1")
            await #expect(throws: EventLogError.self) { try await fixture.log.commit(frame) }
        },
        Sentence("the first condition that fails is the one that is named") { fixture in
            try await fixture.append("A", to: "order-1", tags: ["t"])
            let query = AppendCondition.noEvent(matching: EventQuery(tags: ["t"]), after: 0)
            let stale = AppendCondition.stream(try StreamName("order-1"), .none)
            let event = try NewEvent.sample("B", "order-2")
            await #expect(throws: EventLogError.conditionFailed(index: 0, matching: 1)) {
                try await fixture.log.commit(NewFrame(events: [event], conditions: [query, stale]))
            }
            let error = await #expect(throws: EventLogError.self) {
                try await fixture.log.commit(NewFrame(events: [event], conditions: [stale, query]))
            }
            #expect(error?.code == "wrong-expected-revision")
        },
        Sentence("of 40 tasks that race for one revision exactly one wins") { fixture in
            let stream = try StreamName("order-1")
            let winners = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<40 {
                    group.addTask {
                        do {
                            try await fixture.append("OrderPlaced", to: "order-1", expected: .none)
                            return true
                        } catch {
                            #expect((error as? EventLogError)?.code == "wrong-expected-revision")
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(winners == 1)
            #expect(try fixture.log.revision(of: stream) == 0)
        },
    ]

    static let queryConditions: [Sentence] = [
        Sentence("a condition by query sees types, all of the tags, and the category") { fixture in
            try await fixture.append("Enrolled", to: "course-9", tags: ["student:7", "course:9"])
            let matching = [
                EventQuery(), EventQuery(types: ["Enrolled"]), EventQuery(types: ["Left", "Enrolled"]),
                EventQuery(tags: ["student:7"]), EventQuery(tags: ["student:7", "course:9"]),
                EventQuery(types: ["Enrolled"], tags: ["course:9"], category: "course"),
                EventQuery(category: "course"),
            ]
            let other = [
                EventQuery(types: ["Left"]), EventQuery(tags: ["student:8"]),
                EventQuery(tags: ["student:7", "course:8"]), EventQuery(types: ["Left"], tags: ["student:7"]),
                EventQuery(category: "student"), EventQuery(types: ["Enrolled"], category: "student"),
            ]
            let event = try NewEvent.sample("Checked", "log-1")
            for query in matching {
                await #expect(throws: EventLogError.conditionFailed(index: 0, matching: 1)) {
                    try await fixture.log.commit(
                        NewFrame(events: [event], conditions: [.noEvent(matching: query, after: 0)])
                    )
                }
            }
            for query in other {
                _ = try await fixture.log.commit(
                    NewFrame(events: [event], conditions: [.noEvent(matching: query, after: 0)])
                )
            }
        },
        Sentence("a condition by query looks only behind its position, and names the first match") {
            fixture in
            for _ in 0..<3 { try await fixture.append("Enrolled", to: "course-9", tags: ["c"]) }
            let event = try NewEvent.sample("Checked", "log-1")
            func commit(after position: Position) async throws {
                let condition = AppendCondition.noEvent(
                    matching: EventQuery(types: ["Enrolled"], tags: ["c"]),
                    after: position
                )
                _ = try await fixture.log.commit(NewFrame(events: [event], conditions: [condition]))
            }
            await #expect(throws: EventLogError.conditionFailed(index: 0, matching: 1)) {
                try await commit(after: 0)
            }
            await #expect(throws: EventLogError.conditionFailed(index: 0, matching: 3)) {
                try await commit(after: 2)
            }
            try await commit(after: 3)
            try await commit(after: .max)
        },
        Sentence("a frame's own events don't count against its conditions") { fixture in
            let frame = NewFrame(
                events: [try .sample("Enrolled", "course-9", tags: ["c"])],
                conditions: [.noEvent(matching: EventQuery(tags: ["c"]), after: 0)]
            )
            _ = try await fixture.log.commit(frame)
            await #expect(throws: EventLogError.conditionFailed(index: 0, matching: 1)) {
                try await fixture.log.commit(frame)
            }
        },
        Sentence("of 40 tasks that race on one condition by query exactly one wins") { fixture in
            for round in 0..<10 {
                let winners = await withTaskGroup(of: Bool.self) { group in
                    for task in 0..<40 {
                        group.addTask {
                            do {
                                let tag = "seat:\(round)"
                                let event = try NewEvent.sample("Taken", "guest-\(task)", tags: [tag])
                                let free = EventQuery(types: ["Taken"], tags: [tag])
                                let condition = AppendCondition.noEvent(matching: free, after: 0)
                                _ = try await fixture.log.commit(
                                    NewFrame(events: [event], conditions: [condition])
                                )
                                return true
                            } catch {
                                #expect((error as? EventLogError)?.code == "condition-failed")
                                return false
                            }
                        }
                    }
                    return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(winners == 1)
                let taken = try fixture.positions(.query(EventQuery(tags: ["seat:\(round)"])))
                #expect(taken.count == 1)
            }
            #expect(fixture.log.lastPosition == 10)
        },
    ]
}

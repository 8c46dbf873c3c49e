import EventLog
import Testing

extension EventLogContract {
    static let keys: [Sentence] = [
        Sentence("a second frame with the same key gets the first one's receipt and changes nothing") {
            fixture in
            try await fixture.append("Before", to: "order-1")
            let first = try await fixture.log.commit(
                NewFrame(
                    events: [.sample("A", "order-1"), .sample("B", "order-2")],
                    idempotencyKey: "try-1"
                )
            )
            let second = try await fixture.log.commit(
                NewFrame(events: [.sample("Other", "order-9")], idempotencyKey: "try-1")
            )
            #expect(!first.wasKnown && second.wasKnown)
            #expect(second.firstPosition == first.firstPosition && second.eventCount == 2)
            #expect(second.revisions == [1, 0] && second.time == first.time)
            #expect(fixture.log.lastPosition == 3)
            #expect(try fixture.log.receipt(forKey: "try-1") == second)
            #expect(try fixture.log.receipt(forKey: "try-2") == nil)
        },
        Sentence("a known key is answered even when the frame's conditions no longer hold") { fixture in
            let frame = NewFrame(
                events: [try .sample("A", "order-1")],
                marks: [MarkMove(processor: "p", lane: 0, from: 0, to: 1)],
                conditions: [.stream(try StreamName("order-1"), .none)],
                idempotencyKey: "try-1"
            )
            _ = try await fixture.log.commit(frame)
            #expect(try await fixture.log.commit(frame).wasKnown)
        },
        Sentence("a key outlives closing and opening, with its receipt") { fixture in
            for number in 0..<20 {
                let event = try NewEvent.sample("A", "order-\(number % 3)")
                _ = try await fixture.log.commit(NewFrame(events: [event], idempotencyKey: "try-\(number)"))
            }
            let later = try await fixture.reopened()
            for number in 0..<20 {
                let receipt = try await later.log.commit(
                    NewFrame(events: [.sample("B", "order-9")], idempotencyKey: "try-\(number)")
                )
                #expect(receipt.wasKnown && receipt.firstPosition == Position(number) + 1)
                #expect(receipt.revisions == [Revision(number / 3)])
            }
            #expect(later.log.lastPosition == 20)
            try await later.log.close()
        },
        Sentence("a refused frame doesn't use up its key") { fixture in
            let stream = try StreamName("order-1")
            let event = try NewEvent.sample("A", "order-1")
            await #expect(throws: EventLogError.self) {
                try await fixture.log.commit(
                    NewFrame(events: [event], conditions: [.stream(stream, .exists)], idempotencyKey: "k")
                )
            }
            let receipt = try await fixture.log.commit(NewFrame(events: [event], idempotencyKey: "k"))
            #expect(!receipt.wasKnown && receipt.firstPosition == 1)
        },
        Sentence("of 40 tasks with the same key one writes and all get the same answer") { fixture in
            let receipts = try await withThrowingTaskGroup(of: Receipt.self) { group in
                for task in 0..<40 {
                    group.addTask {
                        let event = try NewEvent.sample("A", "order-\(task)")
                        return try await fixture.log.commit(NewFrame(events: [event], idempotencyKey: "k"))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(receipts.filter { !$0.wasKnown }.count == 1)
            #expect(receipts.allSatisfy { $0.firstPosition == 1 && $0.revisions == [0] })
            #expect(fixture.log.lastPosition == 1)
        },
    ]

    static let marks: [Sentence] = [
        Sentence("a mark moves with the frame that carries it, lane by lane") { fixture in
            try await fixture.append("A", to: "order-1")
            _ = try await fixture.log.commit(
                NewFrame(
                    events: [.sample("B", "stock-1")],
                    marks: [
                        MarkMove(processor: "p", lane: 0, from: 0, to: 1),
                        MarkMove(processor: "p", lane: 5, from: 0, to: 1),
                        MarkMove(processor: "q", lane: 0, from: 0, to: 1),
                    ]
                )
            )
            _ = try await fixture.log.commit(
                NewFrame(marks: [MarkMove(processor: "p", lane: 5, from: 1, to: 2)])
            )
            #expect(try fixture.log.marks(of: "p") == [0: 1, 5: 2])
            let later = try await fixture.reopened()
            #expect(try later.log.marks(of: "p") == [0: 1, 5: 2])
            #expect(try later.log.marks(of: "q") == [0: 1])
            #expect(try later.log.marks(of: "A").isEmpty)
            try await later.log.close()
        },
        Sentence("a mark that isn't where the step read it fences the frame") { fixture in
            _ = try await fixture.log.commit(
                NewFrame(marks: [MarkMove(processor: "p", lane: 2, from: 0, to: 5)])
            )
            let later = try await fixture.reopened()
            await #expect(
                throws: EventLogError.fenced(processor: "p", lane: 2, expected: 0, actual: 5)
            ) {
                try await later.log.commit(
                    NewFrame(
                        events: [.sample("B", "stock-1")],
                        marks: [
                            MarkMove(processor: "p", lane: 1, from: 0, to: 9),
                            MarkMove(processor: "p", lane: 2, from: 0, to: 9),
                        ]
                    )
                )
            }
            await #expect(
                throws: EventLogError.fenced(processor: "new", lane: 0, expected: 3, actual: 0)
            ) {
                try await later.log.commit(
                    NewFrame(marks: [MarkMove(processor: "new", lane: 0, from: 3, to: 4)])
                )
            }
            #expect(try later.log.marks(of: "p") == [2: 5])
            #expect(later.log.lastPosition == 0)
            try await later.log.close()
        },
        Sentence("a mark that stands still, goes back, or moves twice in a frame makes no sense") { fixture in
            let still = MarkMove(processor: "p", lane: 0, from: 0, to: 0)
            let back = MarkMove(processor: "p", lane: 0, from: 5, to: 4)
            let once = MarkMove(processor: "p", lane: 0, from: 0, to: 1)
            let twice = MarkMove(processor: "p", lane: 0, from: 1, to: 2)
            let below = MarkMove(processor: "p", lane: -1, from: 0, to: 1)
            for marks in [[still], [back], [once, twice], [below]] {
                let error = await #expect(throws: EventLogError.self) {
                    try await fixture.log.commit(NewFrame(marks: marks))
                }
                #expect(error?.code == "invalid-frame")
            }
        },
        Sentence("a frame of marks alone has a receipt and moves no position") { fixture in
            try await fixture.append("A", to: "order-1")
            let receipt = try await fixture.log.commit(
                NewFrame(
                    marks: [MarkMove(processor: "p", lane: 0, from: 0, to: 1)],
                    idempotencyKey: "k"
                )
            )
            #expect(receipt.firstPosition == 2 && receipt.lastPosition == 1 && receipt.eventCount == 0)
            #expect(fixture.log.lastPosition == 1)
            try await fixture.append("B", to: "order-1")
            #expect(try fixture.positions(.all) == [1, 2])
            let later = try await fixture.reopened()
            #expect(try later.log.receipt(forKey: "k")?.firstPosition == 2)
            #expect(try later.positions(.all) == [1, 2])
            try await later.log.close()
        },
        Sentence("of 40 tasks that move one mark from the same place exactly one wins") { fixture in
            let winners = await withTaskGroup(of: Bool.self) { group in
                for task in 0..<40 {
                    group.addTask {
                        do {
                            _ = try await fixture.log.commit(
                                NewFrame(
                                    events: [.sample("Effect", "order-\(task)")],
                                    marks: [MarkMove(processor: "p", lane: 0, from: 0, to: 1)]
                                )
                            )
                            return true
                        } catch {
                            #expect((error as? EventLogError)?.code == "fenced")
                            return false
                        }
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(winners == 1)
            #expect(fixture.log.lastPosition == 1)
        },
    ]
}

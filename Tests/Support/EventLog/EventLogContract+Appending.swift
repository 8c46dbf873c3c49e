import EventLog
import Testing

extension EventLogContract {
    static let appending: [Sentence] = [
        Sentence("an empty log stands at position 0 and reads as nothing") { fixture in
            #expect(fixture.log.lastPosition == 0)
            let batch = try fixture.log.read(ReadRequest(.all))
            #expect(batch.events.isEmpty)
            #expect(batch.reachedEnd)
            #expect(try fixture.log.revision(of: StreamName("order-1")) == nil)
            #expect(try fixture.log.marks(of: "reserve-stock").isEmpty)
            #expect(try fixture.log.receipt(forKey: "k") == nil)
        },
        Sentence("positions begin at 1, revisions at 0, and both go up by one") { fixture in
            let first = try await fixture.append("OrderPlaced", to: "order-1")
            let second = try await fixture.append("OrderPlaced", to: "order-2")
            let third = try await fixture.append("OrderShipped", to: "order-1")
            #expect([first, second, third].map(\.firstPosition) == [1, 2, 3])
            #expect([first, second, third].map(\.revisions) == [[0], [0], [1]])
            #expect(fixture.log.lastPosition == 3)
            #expect(try fixture.log.revision(of: StreamName("order-1")) == 1)
        },
        Sentence("a frame of several events on several streams has consecutive positions") { fixture in
            try await fixture.append("OrderPlaced", to: "order-1")
            let receipt = try await fixture.log.commit(
                NewFrame(events: [
                    .sample("OrderShipped", "order-1"), .sample("StockReserved", "stock-7"),
                    .sample("OrderClosed", "order-1"),
                ])
            )
            #expect(receipt.firstPosition == 2)
            #expect(receipt.lastPosition == 4)
            #expect(receipt.eventCount == 3)
            #expect(receipt.revisions == [1, 0, 2])
            #expect(!receipt.wasKnown)
        },
        Sentence("an event reads back as it was given") { fixture in
            let id = EventID(high: 0x0123_4567_89AB_4DEF, low: 0x8123_4567_89AB_CDEF)
            let event = NewEvent(
                stream: try StreamName("order-é-42"),
                type: "OrderPlaced",
                data: Array("xx{\"total\":5}".utf8)[2...],
                meta: Array("{\"by\":\"a\"}".utf8)[...],
                tags: ["student:7", "course:9"],
                id: id
            )
            let receipt = try await fixture.log.commit(NewFrame(events: [event]))
            let log = try await fixture.reopened().log
            let read = try #require(try log.read(ReadRequest(.all)).events.first)
            #expect(read.position == 1 && read.revision == 0)
            #expect(read.stream == event.stream && read.type == "OrderPlaced" && read.id == id)
            #expect(Array(read.data) == Array(event.data) && Array(read.meta) == Array(event.meta))
            #expect(read.tags == event.tags)
            #expect(read.time == receipt.time)
            #expect(read.withData { Array($0) } == Array(event.data))
            #expect(read.withStreamBytes { Array($0) } == Array("order-é-42".utf8))
            try await log.close()
        },
        Sentence("an event without an id, tags, data or meta keeps them empty and gets the derived id") {
            fixture in
            try await fixture.append("OrderPlaced", to: "order-1")
            let event = NewEvent(stream: try StreamName("order-1"), type: "OrderShipped")
            try await _ = fixture.log.commit(NewFrame(events: [event]))
            let read = try #require(try fixture.log.read(ReadRequest(.all, after: 1)).events.first)
            #expect(read.id == EventID.derived(from: fixture.log.identity.id, position: 2))
            #expect(read.tags.isEmpty && read.data.isEmpty && read.meta.isEmpty)
        },
        Sentence("the time of a commit is the clock's, and never goes back") { fixture in
            fixture.clock.set(5_000)
            let first = try await fixture.append("OrderPlaced", to: "order-1")
            fixture.clock.set(4_000)
            let second = try await fixture.append("OrderPlaced", to: "order-2")
            let later = try await fixture.reopened()
            let third = try await later.append("OrderPlaced", to: "order-3")
            fixture.clock.set(6_000)
            let fourth = try await later.append("OrderPlaced", to: "order-4")
            #expect([first, second, third, fourth].map(\.time) == [5_000, 5_000, 5_000, 6_000])
            try await later.log.close()
        },
        Sentence("a frame that fails its last condition writes none of its events") { fixture in
            try await fixture.append("OrderPlaced", to: "order-1")
            await #expect(throws: EventLogError.self) {
                try await fixture.log.commit(
                    NewFrame(
                        events: [.sample("NeverSeen", "order-1"), .sample("NeverSeen", "order-2")],
                        marks: [MarkMove(processor: "p", lane: 0, from: 0, to: 1)],
                        conditions: [
                            .stream(StreamName("order-1"), .exactly(0)),
                            .stream(StreamName("order-2"), .exists),
                        ],
                        idempotencyKey: "k"
                    )
                )
            }
            #expect(fixture.log.lastPosition == 1)
            #expect(try fixture.positions(.query(EventQuery(types: ["NeverSeen"]))) == [])
            #expect(try fixture.log.revision(of: StreamName("order-2")) == nil)
            #expect(try fixture.log.marks(of: "p").isEmpty)
            #expect(try fixture.log.receipt(forKey: "k") == nil)
        },
        Sentence("what was appended is there after closing and opening") { fixture in
            for number in 0..<50 {
                try await fixture.append("OrderPlaced", to: "order-\(number % 7)", tags: ["n:\(number % 3)"])
            }
            let later = try await fixture.reopened()
            #expect(later.log.identity == fixture.log.identity)
            #expect(later.log.lastPosition == 50)
            #expect(try later.positions(.all) == Array(1...50))
            #expect(try later.log.revision(of: StreamName("order-0")) == 7)
            let next = try await later.append("OrderPlaced", to: "order-0", expected: .exactly(7))
            #expect(next.firstPosition == 51 && next.revisions == [8])
            try await later.log.close()
        },
        Sentence("a closed log refuses everything with the same error") { fixture in
            try await fixture.append("OrderPlaced", to: "order-1")
            let log = fixture.log
            try await log.close()
            try await log.close()
            await #expect(throws: EventLogError.closed) { try await fixture.append("A", to: "order-1") }
            #expect(throws: EventLogError.closed) { try log.read(ReadRequest(.all)) }
            #expect(throws: EventLogError.closed) { try log.revision(of: StreamName("order-1")) }
            #expect(throws: EventLogError.closed) { try log.receipt(forKey: "k") }
            #expect(throws: EventLogError.closed) { try log.marks(of: "p") }
            await #expect(throws: EventLogError.closed) { try await log.waitForEvent(after: 1) }
        },
    ]
}

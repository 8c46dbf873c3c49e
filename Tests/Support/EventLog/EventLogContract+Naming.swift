import EventLog
import Testing

extension EventLogContract {
    static let naming: [Sentence] = [
        Sentence("a frame without events and marks is refused") { fixture in
            await #expect(throws: EventLogError.invalidFrame(reason: "it has neither events nor marks")) {
                try await fixture.log.commit(NewFrame(idempotencyKey: "k"))
            }
        },
        Sentence("names of every kind must not be empty, too long, or hold control characters") { fixture in
            let stream = try StreamName("order-1")
            let tooLong = String(repeating: "n", count: LogLimits.nameBytesMax + 1)
            for bad in ["", "a\u{0}b", "a\nb", tooLong] {
                let frames = [
                    NewFrame(events: [NewEvent(stream: stream, type: bad)]),
                    NewFrame(events: [NewEvent(stream: stream, type: "A", tags: ["ok", bad])]),
                    NewFrame(events: [NewEvent(stream: stream, type: "A")], idempotencyKey: bad),
                    NewFrame(marks: [MarkMove(processor: bad, lane: 0, from: 0, to: 1)]),
                ]
                for frame in frames {
                    let error = await #expect(throws: EventLogError.self) {
                        try await fixture.log.commit(frame)
                    }
                    #expect(error?.code == "invalid-name")
                }
            }
            #expect(fixture.log.lastPosition == 0)
        },
        Sentence("names may be as long as the limit, and hold any letters") { fixture in
            let long = String(repeating: "n", count: LogLimits.nameBytesMax)
            let event = NewEvent(stream: try StreamName(long), type: long, tags: [long, "月🌙"])
            _ = try await fixture.log.commit(
                NewFrame(
                    events: [event],
                    marks: [MarkMove(processor: long, lane: 3, from: 0, to: 1)],
                    idempotencyKey: long
                )
            )
            let later = try await fixture.reopened()
            let read = try #require(try later.log.read(ReadRequest(.all)).events.first)
            #expect(read.stream.text == long && read.type == long && read.tags == [long, "月🌙"])
            #expect(try later.log.marks(of: long) == [3: 1])
            #expect(try later.log.receipt(forKey: long)?.firstPosition == 1)
            try await later.log.close()
        },
        Sentence("two spellings of one accented letter are two streams") { fixture in
            try await fixture.append("A", to: "caf\u{E9}-1")
            let other = try await fixture.append("A", to: "cafe\u{301}-1", expected: .none)
            #expect(other.revisions == [0])
            #expect(try fixture.positions(.category("caf\u{E9}")) == [1])
            #expect(try fixture.positions(.stream(StreamName("cafe\u{301}-1"))) == [2])
        },
        Sentence("the limits of a frame are held, and named in the error") { fixture in
            let stream = try StreamName("order-1")
            let event = NewEvent(stream: stream, type: "A")
            let large = [UInt8](repeating: 0x20, count: LogLimits.eventBytesMax + 1)[...]
            let marks = (0...LogLimits.frameMarksMax).map {
                MarkMove(processor: "p", lane: $0, from: 0, to: 1)
            }
            let conditions = [AppendCondition](
                repeating: .stream(stream, .any),
                count: LogLimits.frameConditionsMax + 1
            )
            let full = NewEvent(stream: stream, type: "A", data: large.dropLast())
            let frames = [
                NewFrame(events: Array(repeating: event, count: LogLimits.frameEventsMax + 1)),
                NewFrame(events: [NewEvent(stream: stream, type: "A", data: large)]),
                NewFrame(events: [NewEvent(stream: stream, type: "A", meta: large)]),
                NewFrame(events: [
                    NewEvent(stream: stream, type: "A", tags: (0...LogLimits.eventTagsMax).map { "t\($0)" })
                ]),
                NewFrame(marks: marks),
                NewFrame(events: [event], conditions: conditions),
                NewFrame(events: Array(repeating: full, count: 16)),
            ]
            for frame in frames {
                let error = await #expect(throws: EventLogError.self) { try await fixture.log.commit(frame) }
                #expect(error?.code == "limit-exceeded")
            }
            #expect(fixture.log.lastPosition == 0)
        },
        Sentence("a frame at its limits is stored whole") { fixture in
            let stream = try StreamName("order-1")
            let many = (0..<LogLimits.frameEventsMax).map {
                NewEvent(stream: stream, type: "A", data: Array(String($0).utf8)[...])
            }
            _ = try await fixture.log.commit(NewFrame(events: many))
            let large = [UInt8](repeating: 0x61, count: LogLimits.eventBytesMax)[...]
            let full = NewEvent(stream: stream, type: "A", data: large)
            _ = try await fixture.log.commit(NewFrame(events: Array(repeating: full, count: 15)))
            let later = try await fixture.reopened()
            let events = try later.log.read(ReadRequest(.all)).events
            #expect(events.count == LogLimits.frameEventsMax + 15)
            #expect(events.prefix(1000).enumerated().allSatisfy { Array($1.data) == Array(String($0).utf8) })
            #expect(
                events.dropFirst(1000).allSatisfy { $0.data.count == large.count && $0.data.last == 0x61 }
            )
            try await later.log.close()
        },
        Sentence("a page stops early rather than pin more bytes than the limit") { fixture in
            let stream = try StreamName("blob-1")
            let data = [UInt8](repeating: 0x61, count: LogLimits.eventBytesMax)[...]
            for _ in 0..<3 {
                let event = NewEvent(stream: stream, type: "A", data: data)
                _ = try await fixture.log.commit(NewFrame(events: Array(repeating: event, count: 15)))
            }
            for direction in [ReadRequest.Direction.forwards, .backwards] {
                var seen: [Position] = []
                var after: Position = direction == .forwards ? 0 : .max
                var pages = 0
                while true {
                    let batch = try fixture.log.read(ReadRequest(.all, after: after, direction: direction))
                    seen += batch.events.map(\.position)
                    after = batch.scannedTo
                    pages += 1
                    #expect(batch.events.reduce(0) { $0 + $1.data.count } <= LogLimits.readBytesMax)
                    if batch.reachedEnd { break }
                }
                #expect(pages == 2)
                #expect(seen == (direction == .forwards ? Array(1...45) : Array((1...45).reversed())))
            }
        },
    ]
}

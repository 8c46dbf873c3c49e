import EventLog
import TestSupport
import Testing

@testable import Runtime

/// What is tried on a log looks just as if it had been committed to it, and the log doesn't see it.
@Suite struct OverlayLogTests {
    private static let types = ["Put", "Taken"]
    private static let streams = ["a-1", "a-2", "b-1", "c"]

    private func events(_ count: Int, _ random: inout SeededRandom) throws -> [NewEvent] {
        try (0..<count).map { _ in
            NewEvent(
                stream: try StreamName(Self.streams.randomElement(using: &random) ?? "c"),
                type: Self.types.randomElement(using: &random) ?? "Put",
                data: Array(#"{"n":1}"#.utf8)[...],
                tags: Bool.random(using: &random) ? ["red", "blå"] : []
            )
        }
    }

    private func request(_ random: inout SeededRandom, _ last: Position) throws -> ReadRequest {
        let stream = try StreamName(Self.streams.randomElement(using: &random) ?? "c")
        let filters: [EventFilter] = [
            .all, .stream(stream), .category("a"), .query(EventQuery(types: ["Put"], tags: ["red"])),
            .query(EventQuery(tags: ["blå"], category: "b")),
        ]
        let filter = filters.randomElement(using: &random) ?? .all
        var request = ReadRequest(
            filter,
            after: Position.random(in: 0...last + 2, using: &random),
            direction: Bool.random(using: &random) ? .forwards : .backwards,
            limit: Int.random(in: 1...9, using: &random)
        )
        if case .stream = filter { request.revision = Bool.random(using: &random) ? 3 : nil }
        return request
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `a log with events behind it reads as one log that holds them all`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let all = try events(60, &random)
        let base = MemoryLog()
        let whole = MemoryLog(identity: base.identity)
        for event in all.prefix(40) { _ = try await base.commit(NewFrame(events: [event])) }
        for event in all.prefix(25) + all.suffix(35) { _ = try await whole.commit(NewFrame(events: [event])) }
        let overlay = OverlayLog(base, endingAt: 25, clock: { 7 })
        for pair in stride(from: 25, to: 60, by: 5) {
            let receipt = try overlay.add(NewFrame(events: Array(all[pair..<pair + 5])))
            #expect(receipt.firstPosition == Position(pair) + 1 && receipt.eventCount == 5)
        }
        #expect(overlay.lastPosition == whole.lastPosition && base.lastPosition == 40)
        for stream in try Self.streams.map({ try StreamName($0) }) {
            #expect(try overlay.revision(of: stream) == whole.revision(of: stream))
        }
        for _ in 0..<200 {
            let request = try request(&random, whole.lastPosition)
            let (got, expected) = (try overlay.read(request), try whole.read(request))
            #expect(got.events.map(Told.init) == expected.events.map(Told.init), "seed \(seed), \(request)")
        }
    }

    private struct Told: Equatable {
        let position: Position
        let stream: StreamName
        let revision: Revision
        let type: String
        let tags: [String]
        let data: [UInt8]
        let id: EventID

        init(_ event: RecordedEvent) {
            (position, stream, revision, type) = (event.position, event.stream, event.revision, event.type)
            (tags, data, id) = (event.tags, Array(event.data), event.id)
        }
    }

    @Test func `a frame that doesn't hold leaves nothing behind`() async throws {
        let base = MemoryLog()
        let event = try EventText.event(#"a-1 Put {"n":1}"#)
        _ = try await base.commit(NewFrame(events: [event]))
        let overlay = OverlayLog(base, endingAt: 1, clock: { 7 })
        let stream = try StreamName("a-1")
        #expect {
            try overlay.add(NewFrame(events: [event], conditions: [.stream(stream, .none)]))
        } throws: {
            ($0 as? EventLogError)?.code == "wrong-expected-revision"
        }
        let query = EventQuery(types: ["Put"])
        #expect {
            try overlay.add(NewFrame(events: [event], conditions: [.noEvent(matching: query, after: 0)]))
        } throws: {
            ($0 as? EventLogError) == .conditionFailed(index: 0, matching: 1)
        }
        #expect(overlay.lastPosition == 1)
        _ = try overlay.add(
            NewFrame(
                events: [event],
                conditions: [.stream(stream, .exactly(0)), .noEvent(matching: query, after: 1)]
            )
        )
        #expect(try overlay.revision(of: stream) == 1)
    }

    @Test func `it follows its base, and forgets what was tried`() async throws {
        let base = MemoryLog()
        let event = try EventText.event("a-1 Put")
        let overlay = OverlayLog(base, endingAt: 0, clock: { 7 })
        for _ in 0..<3 { _ = try await base.commit(NewFrame(events: [event])) }
        #expect(overlay.lastPosition == 0)
        overlay.follow(to: 2)
        #expect(try overlay.read(ReadRequest(.all)).events.map(\.position) == [1, 2])
        _ = try overlay.add(NewFrame(events: [event]))
        #expect(overlay.own.map(\.revision) == [2])
        overlay.reset(to: 1)
        #expect(overlay.lastPosition == 1 && overlay.own.isEmpty)
    }
}

import EventLog
import TestSupport
import Testing

@testable import Runtime

/// The moving view of a log: what is behind its end can't be seen by any way.
@Suite struct PastLogTests {
    private static let types = ["Put", "Taken", "Moved"]
    private static let streams = ["a-1", "a-2", "b-1", "b-2", "c"]

    /// A log of random events in frames of one to four.
    private func log(_ random: inout SeededRandom) async throws -> MemoryLog {
        let log = MemoryLog()
        for _ in 0..<60 {
            var events: [NewEvent] = []
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let stream = try StreamName(Self.streams.randomElement(using: &random) ?? "c")
                let type = Self.types.randomElement(using: &random) ?? "Put"
                let tags = Bool.random(using: &random) ? ["red"] : []
                events.append(NewEvent(stream: stream, type: type, tags: tags))
            }
            _ = try await log.commit(NewFrame(events: events))
        }
        return log
    }

    private func request(_ random: inout SeededRandom, _ last: Position) throws -> ReadRequest {
        let stream = try StreamName(Self.streams.randomElement(using: &random) ?? "c")
        let filters: [EventFilter] = [
            .all, .stream(stream), .category("a"), .query(EventQuery(types: ["Put"], tags: ["red"])),
        ]
        let filter = filters.randomElement(using: &random) ?? .all
        var request = ReadRequest(
            filter,
            after: Position.random(in: 0...last + 2, using: &random),
            direction: Bool.random(using: &random) ? .forwards : .backwards,
            limit: Int.random(in: 1...12, using: &random)
        )
        if case .stream = filter { request.revision = Bool.random(using: &random) ? 3 : nil }
        return request
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `a view reads what a log would that ended there`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let log = try await log(&random)
        let past = PastLog(log, endingAt: 0)
        for event in try log.read(ReadRequest(.all)).events {
            past.move(over: event)
            // The same events in a log of their own, and nothing behind them.
            let short = MemoryLog()
            for earlier in try log.read(ReadRequest(.all, limit: Int(event.position))).events {
                let copy = NewEvent(stream: earlier.stream, type: earlier.type, tags: earlier.tags)
                _ = try await short.commit(NewFrame(events: [copy]))
            }
            #expect(past.lastPosition == short.lastPosition)
            for stream in try Self.streams.map({ try StreamName($0) }) {
                #expect(try past.revision(of: stream) == short.revision(of: stream))
            }
            for _ in 0..<6 {
                let request = try request(&random, log.lastPosition)
                let (seen, wanted) = (try past.read(request), try short.read(request))
                #expect(seen.events.map(\.position) == wanted.events.map(\.position), "\(request)")
                #expect(seen.reachedEnd == wanted.reachedEnd, "\(request) at \(event.position)")
            }
        }
    }

    @Test func `a view that jumps forward looks anew at what it knew`() async throws {
        var random = SeededRandom(seed: 9)
        let log = try await log(&random)
        let past = PastLog(log, endingAt: 10)
        let stream = try StreamName("a-1")
        let early = try past.revision(of: stream)
        past.move(to: log.lastPosition)
        #expect(try past.revision(of: stream) == log.revision(of: stream))
        #expect(try log.revision(of: stream) != early)
    }

    @Test func `nothing is written to the past`() async throws {
        let past = PastLog(MemoryLog(), endingAt: 0)
        await #expect(throws: EventLogError.readOnly(reason: "it is a log's past")) {
            try await past.commit(NewFrame(events: [EventText.event("a-1 Put")]))
        }
    }
}

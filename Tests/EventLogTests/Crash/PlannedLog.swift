import EventLog
import Foundation
import TestSupport

@testable import EndlessWriter

/// Holds a log against the frames that it must consist of, in every way that it can be asked.
struct PlannedLog {
    private var frames: [Int: NewFrame] = [:]

    /// Fails unless the frames have the order in which a writer commits them: block after block, each whole
    /// before the next, and in a block that isn't concurrent one after the other.
    func checkOrder(_ numbers: [Int]) throws {
        try KillFailure.unless(Set(numbers).count == numbers.count, "a frame is there twice: \(numbers)")
        let newest = (numbers.max() ?? 0) / PlannedFrame.lanes
        for block in 0...newest {
            let expected = PlannedFrame.block(block)
            let found = numbers.dropFirst(expected.lowerBound).prefix(PlannedFrame.lanes)
            let isRight =
                if block < newest {
                    found.sorted() == Array(expected)
                } else {
                    found.allSatisfy(expected.contains)
                }
            try KillFailure.unless(isRight, "block \(block) is \(found)")
            if !PlannedFrame.isConcurrent(block: block) {
                try KillFailure.unless(found.elementsEqual(expected.prefix(found.count)), "\(found)")
            }
        }
    }

    /// Fails unless the log holds exactly these frames in this order.
    mutating func check(
        _ log: any EventLog,
        holds numbers: [Int],
        _ random: inout SeededRandom
    ) throws {
        let events = try Self.events(of: log)
        var revisions: [StreamName: Revision] = [:]
        var marks: [Int: Position] = [:]
        var place = 0
        var time: LogTime = 0
        for number in numbers {
            let planned = PlannedFrame(number: number)
            let frame = try frames[number] ?? planned.frame()
            frames[number] = frame
            let found = events.dropFirst(place).prefix(frame.events.count)
            try KillFailure.unless(found.count == frame.events.count, "frame \(number) has lost events")
            var given: [Revision] = []
            for (event, expected) in zip(found, frame.events) {
                let revision = revisions[expected.stream].map { $0 + 1 } ?? 0
                revisions[expected.stream] = revision
                given.append(revision)
                place += 1
                try Self.check(event, expected, Position(place), revision, log)
                try KillFailure.unless(
                    event.time == found.first?.time && event.time >= time,
                    "time goes back"
                )
            }
            time = found.first?.time ?? time
            marks[planned.lane] = planned.target
            try Self.checkReceipt(planned, log, Position(place - given.count) + 1, given, found.first?.time)
        }
        try KillFailure.unless(place == events.count, "there are \(events.count - place) events too many")
        try KillFailure.unless(log.lastPosition == Position(place), "it ends at \(log.lastPosition)")
        let stored = try log.marks(of: PlannedFrame.processor)
        try KillFailure.unless(stored == marks, "the marks are \(stored), not \(marks)")
        for (stream, revision) in revisions {
            try KillFailure.unless(
                try log.revision(of: stream) == revision,
                "\(stream) is not at \(revision)"
            )
        }
        try checkFilters(log, events, &random)
    }

    /// All events, page by page.
    private static func events(of log: any EventLog) throws -> [RecordedEvent] {
        var events: [RecordedEvent] = []
        var after: Position = 0
        while true {
            let batch = try log.read(ReadRequest(.all, after: after))
            events += batch.events
            if batch.reachedEnd { return events }
            after = batch.scannedTo
        }
    }

    private static func check(
        _ event: RecordedEvent,
        _ expected: NewEvent,
        _ position: Position,
        _ revision: Revision,
        _ log: any EventLog
    ) throws {
        let id = expected.id ?? EventID.derived(from: log.identity.id, position: position)
        let isWhole =
            event.position == position && event.revision == revision && event.stream == expected.stream
            && event.type == expected.type && event.tags == expected.tags && event.id == id
            && event.withData { equals($0, expected.data) } && event.withMeta { equals($0, expected.meta) }
        try KillFailure.unless(isWhole, "\(event) is not \(expected)")
    }

    private static func equals(_ bytes: UnsafeRawBufferPointer, _ expected: ArraySlice<UInt8>) -> Bool {
        expected.withUnsafeBytes { expected in
            guard bytes.count == expected.count else { return false }
            guard let left = bytes.baseAddress, let right = expected.baseAddress else { return true }
            return memcmp(left, right, bytes.count) == 0
        }
    }

    private static func checkReceipt(
        _ planned: PlannedFrame,
        _ log: any EventLog,
        _ position: Position,
        _ revisions: [Revision],
        _ time: LogTime?
    ) throws {
        guard let key = planned.key else { return }
        let receipt = try log.receipt(forKey: key)
        let isRight =
            receipt?.firstPosition == position && receipt?.revisions == revisions
            && receipt?.eventCount == revisions.count && time.map { $0 == receipt?.time } ?? true
        try KillFailure.unless(isRight, "the receipt of \(key) is \(String(describing: receipt))")
    }

    /// A stream, a category and a query find what a look at every event finds.
    private func checkFilters(
        _ log: any EventLog,
        _ events: [RecordedEvent],
        _ random: inout SeededRandom
    ) throws {
        guard let some = events.randomElement(using: &random) else { return }
        let query = EventQuery(types: [some.type], tags: Set(some.tags.suffix(1)))
        let filters: [(EventFilter, (RecordedEvent) -> Bool)] = [
            (.stream(some.stream), { $0.stream == some.stream }),
            (.category(some.stream.category), { $0.stream.category == some.stream.category }),
            (.query(query), { $0.type == some.type && query.tags.isSubset(of: $0.tags) }),
        ]
        for (filter, matches) in filters {
            let expected = events.filter(matches).map(\.position)
            let batch = try log.read(ReadRequest(filter, after: .max, direction: .backwards))
            try KillFailure.unless(batch.events.map(\.position).reversed() == expected, "\(filter) is wrong")
        }
    }
}

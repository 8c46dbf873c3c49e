import EventLog
import TestSupport
import Testing

/// Whatever an index is asked for is what a look at every event finds.
@Suite struct FilterTests {
    private static let eventCount = 3_000
    private static let questions = 250

    /// Where the events are, and how they got there.
    private enum Place: String, CaseIterable {
        case memory
        case disk
        case reopenedDisk
        case forkOfDisk
        case forkOfMemory
    }

    /// What the brute force looks at, decoded once.
    private struct Entry: Equatable {
        let position: Position
        let revision: Revision
        let stream: StreamName
        let category: String
        let type: String
        let tags: Set<String>

        init(_ event: RecordedEvent) {
            position = event.position
            revision = event.revision
            stream = event.stream
            category = event.stream.category
            type = event.type
            tags = Set(event.tags)
        }
    }

    @Test(arguments: Place.allCases)
    private func `reading by any filter is filtering a read of everything`(place: Place) async throws {
        var random = SeededRandom(seed: 77)
        let folder = try TemporaryFolder(inMemory: true)
        let logs = try await logs(place, folder, &random)
        let log = try #require(logs.last)
        let entries = try all(of: log)
        #expect(entries.map(\.position) == Array(1...log.lastPosition))
        for number in 0..<Self.questions {
            let request = try request(&random, entries)
            let expected = answer(request, entries)
            let batch = try log.read(request)
            let isSame = batch.events.map { Entry($0) } == expected
            try #require(isSame, "question \(number): \(request), got \(batch.events.map(\.position))")
        }
        for stream in Set(entries.map(\.stream)) {
            let newest = entries.last { $0.stream == stream }?.revision
            try #require(try log.revision(of: stream) == newest, "\(stream)")
        }
        for log in logs.reversed() { try await log.close() }
    }

    /// A log of thousands of events, over many segments where there are any; it is the last
    /// of these, a fork's bases stand before it.
    private func logs(
        _ place: Place,
        _ folder: TemporaryFolder,
        _ random: inout SeededRandom
    ) async throws -> [any EventLog] {
        var options = DiskLogOptions(segmentBytes: 8_000)
        options.indexMergeCount = 4
        let open: () async throws -> any EventLog = {
            try await DiskLog.open(folder: folder.path, options: options, logger: .quiet)
        }
        let all = Self.eventCount
        switch place {
        case .memory:
            let log = MemoryLog()
            try await fill(log, to: all, &random)
            return [log]
        case .disk:
            let log = try await open()
            try await fill(log, to: all, &random)
            return [log]
        case .reopenedDisk:
            for part in 1...3 {
                let log = try await open()
                try await fill(log, to: all * part / 3, &random)
                try await log.close()
            }
            return [try await open()]
        case .forkOfDisk:
            let log = try await open()
            try await fill(log, to: all, &random)
            return try await fork(log, &random)
        case .forkOfMemory:
            let log = MemoryLog()
            try await fill(log, to: all, &random)
            return try await fork(log, &random)
        }
    }

    /// A fork of a fork, each with a third of the events.
    private func fork(_ log: any EventLog, _ random: inout SeededRandom) async throws -> [any EventLog] {
        let fork = try log.fork(at: Position(Self.eventCount / 3))
        try await fill(fork, to: Self.eventCount, &random)
        let deep = try fork.fork(at: Position(Self.eventCount * 2 / 3))
        try await fill(deep, to: Self.eventCount, &random)
        return [log, fork, deep]
    }

    private func fill(_ log: any EventLog, to count: Int, _ random: inout SeededRandom) async throws {
        while log.lastPosition < Position(count) {
            let events = try (0..<Int.random(in: 1...30, using: &random)).map { _ in try event(&random) }
            _ = try await log.commit(NewFrame(events: events))
        }
    }

    /// A few streams, types and tags have most of the events, and many have few.
    private func event(_ random: inout SeededRandom) throws -> NewEvent {
        func number(_ end: Int) -> Int { Int.random(in: 0..<end, using: &random) }
        let isHot = Bool.random(using: &random)
        let category = isHot ? "hot" : ["cold", "é", "hot"].pick(&random)
        return NewEvent(
            stream: try StreamName("\(category)-\(number(isHot ? 3 : 400))"),
            type: "T\(number(number(40) + 1))",
            tags: (0..<number(4)).map { _ in "n:\(number(50) * number(2))" }
        )
    }

    private func all(of log: any EventLog) throws -> [Entry] {
        try log.read(ReadRequest(.all)).events.map { Entry($0) }
    }

    private func request(_ random: inout SeededRandom, _ entries: [Entry]) throws -> ReadRequest {
        let last = Position(entries.count)
        let some = entries.pick(&random)
        let filters: [EventFilter] = [
            .all, .stream(some.stream), .stream(try StreamName("hot-9999")), .category(some.category),
            .category("none"), .query(EventQuery(types: [some.type])),
            .query(EventQuery(types: [some.type, "T0", "T39", "Unknown"], category: some.category)),
            .query(EventQuery(tags: some.tags)), .query(EventQuery(tags: ["n:0", "n:7"])),
            .query(EventQuery(types: ["T0", "T1"], tags: ["n:0"], category: "hot")),
            .query(EventQuery(types: [some.type], tags: some.tags, category: some.category)),
            .query(EventQuery(category: some.category)), .query(EventQuery(tags: ["unknown"])),
        ]
        let backwards = Bool.random(using: &random)
        return ReadRequest(
            filters.pick(&random),
            after: [0, .max, last, last / 2, .random(in: 0...last + 1, using: &random)].pick(&random),
            direction: backwards ? .backwards : .forwards,
            limit: [1, 2, 17, 10_000].pick(&random),
            revision: Bool.random(using: &random) ? nil : .random(in: 0...some.revision + 1, using: &random)
        )
    }

    private func answer(_ request: ReadRequest, _ entries: [Entry]) -> [Entry] {
        let isForwards = request.direction == .forwards
        let found = entries.filter { entry in
            guard isForwards ? entry.position > request.after : entry.position < request.after else {
                return false
            }
            switch request.filter {
            case .all: return true
            case .category(let category): return entry.category == category
            case .stream(let stream):
                guard entry.stream == stream else { return false }
                guard let revision = request.revision else { return true }
                return isForwards ? entry.revision >= revision : entry.revision <= revision
            case .query(let query):
                return (query.types.isEmpty || query.types.contains(entry.type))
                    && query.tags.isSubset(of: entry.tags)
                    && (query.category.map { $0 == entry.category } ?? true)
            }
        }
        return Array((isForwards ? found : found.reversed()).prefix(request.limit))
    }
}

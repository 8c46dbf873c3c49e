import EventLog

/// Proves from a log alone that each event was committed while its conditions held: looks, for each event,
/// at those before its frame.
struct ConditionAudit {
    private struct Entry {
        let position: Position
        let stream: StreamName
        let type: String
        let tags: Set<String>
    }

    /// Where an event is wrong, and why.
    struct Breach: Hashable {
        let position: Position
        let reason: String
    }

    private var entries: [Entry] = []
    private var positions: [StreamName: [Position]] = [:]
    private(set) var breaches: [Breach] = []

    /// Reads the whole log.
    init(_ log: any EventLog) throws {
        var after: Position = 0
        while true {
            let batch = try log.read(ReadRequest(.all, after: after))
            for event in batch.events { add(event) }
            if batch.reachedEnd { break }
            after = batch.scannedTo
        }
    }

    private mutating func add(_ event: RecordedEvent) {
        func report(_ reason: String) { breaches.append(Breach(position: event.position, reason: reason)) }
        if event.position != Position(entries.count) + 1 { report("the position doesn't follow") }
        if event.revision != Revision(positions[event.stream, default: []].count) {
            report("the revision doesn't follow")
        }
        entries.append(
            Entry(
                position: event.position,
                stream: event.stream,
                type: event.type,
                tags: Set(event.tags)
            )
        )
        positions[event.stream, default: []].append(event.position)
        guard let claim = ConditionClaim(String(decoding: event.data, as: UTF8.self)) else {
            return report("it claims nothing")
        }
        let start = event.position - Position(claim.index)
        for condition in claim.conditions where !held(condition, before: start) {
            report("\(condition) did not hold")
        }
    }

    /// Whether a condition held when the events before a position were there, and no others.
    private func held(_ condition: AppendCondition, before start: Position) -> Bool {
        switch condition {
        case .noEvent(let query, let after): firstMatch(of: query, after: after, before: start) == nil
        case .stream(let stream, let expected):
            Self.holds(expected, revision(of: stream, before: start))
        }
    }

    private func revision(of stream: StreamName, before start: Position) -> Revision? {
        let count = positions[stream, default: []].count { $0 < start }
        return count == 0 ? nil : Revision(count - 1)
    }

    private func firstMatch(of query: EventQuery, after: Position, before end: Position) -> Position? {
        guard after < end else { return nil }
        return entries[Int(after)..<Int(end - 1)].first { Self.matches($0, query) }?.position
    }

    private static func matches(_ entry: Entry, _ query: EventQuery) -> Bool {
        (query.types.isEmpty || query.types.contains(entry.type))
            && query.tags.isSubset(of: entry.tags)
            && (query.category.map { $0 == entry.stream.category } ?? true)
    }

    private static func holds(_ expected: ExpectedRevision, _ actual: Revision?) -> Bool {
        switch expected {
        case .any: true
        case .none: actual == nil
        case .exists: actual != nil
        case .exactly(let revision): actual == revision
        }
    }

    /// Whether a frame was refused for what the log really shows: the first match that there is, or a
    /// revision at which the stream once stood and which isn't the expected one.
    func justifies(_ error: EventLogError, for conditions: [AppendCondition]) -> Bool {
        switch error {
        case .conditionFailed(let index, let position):
            guard case .noEvent(let query, let after) = conditions[index] else { return false }
            return firstMatch(of: query, after: after, before: .init(entries.count) + 1) == position
        case .wrongExpectedRevision(let stream, let expected, let actual):
            let count = positions[stream, default: []].count
            return conditions.contains(.stream(stream, expected))
                && !Self.holds(expected, actual)
                && actual.map { $0 < Revision(count) } ?? true
        default: return false
        }
    }
}

import EventLog

/// What a log is, in the plainest terms: a list of events, and three dictionaries.
///
/// No engine's code is in it, so that an engine and the model can only agree by both being right.
public struct ModelLog {
    /// An event as the model keeps it.
    public struct Event: Equatable {
        let position: Position
        let revision: Revision
        let stream: String
        let type: String
        let tags: [String]
        let data: [UInt8]
    }

    private struct Lane: Hashable {
        let processor: String
        let lane: Int
    }

    private var events: [Event] = []
    private var receipts: [String: Receipt] = [:]
    private var marks: [Lane: Position] = [:]

    /// An empty log.
    public init() {}

    /// Position of the newest event.
    public var lastPosition: Position { Position(events.count) }

    /// What a commit must answer at a time that the log's clock shows.
    public mutating func commit(_ frame: NewFrame, time: LogTime) throws(EventLogError) -> Receipt {
        if let key = frame.idempotencyKey, let known = receipts[key] {
            return Receipt(
                firstPosition: known.firstPosition,
                eventCount: known.eventCount,
                revisions: known.revisions,
                time: known.time,
                wasKnown: true
            )
        }
        for (index, condition) in frame.conditions.enumerated() { try check(condition, index) }
        for mark in frame.marks {
            let actual = marks[Lane(processor: mark.processor, lane: mark.lane)] ?? 0
            if actual != mark.from {
                throw .fenced(
                    processor: mark.processor,
                    lane: mark.lane,
                    expected: mark.from,
                    actual: actual
                )
            }
        }
        let first = lastPosition + 1
        var revisions: [Revision] = []
        for event in frame.events {
            revisions.append(revision(of: event.stream.text).map { $0 + 1 } ?? 0)
            events.append(
                Event(
                    position: lastPosition + 1,
                    revision: revisions.last ?? 0,
                    stream: event.stream.text,
                    type: event.type,
                    tags: event.tags,
                    data: Array(event.data)
                )
            )
        }
        for mark in frame.marks { marks[Lane(processor: mark.processor, lane: mark.lane)] = mark.to }
        let receipt = Receipt(
            firstPosition: first,
            eventCount: frame.events.count,
            revisions: revisions,
            time: time,
            wasKnown: false
        )
        if let key = frame.idempotencyKey { receipts[key] = receipt }
        return receipt
    }

    private func check(_ condition: AppendCondition, _ index: Int) throws(EventLogError) {
        switch condition {
        case .stream(let stream, let expected):
            let actual = revision(of: stream.text)
            let holds =
                switch expected {
                case .any: true
                case .none: actual == nil
                case .exists: actual != nil
                case .exactly(let wanted): actual == wanted
                }
            if !holds { throw .wrongExpectedRevision(stream: stream, expected: expected, actual: actual) }
        case .noEvent(let query, let position):
            if let match = events.first(where: { $0.position > position && matches($0, query) }) {
                throw .conditionFailed(index: index, matching: match.position)
            }
        }
    }

    /// The newest revision of a stream.
    public func revision(of stream: String) -> Revision? {
        events.last { $0.stream == stream }?.revision
    }

    /// The marks of a processor.
    public func marks(of processor: String) -> [Int: Position] {
        var found: [Int: Position] = [:]
        for (lane, position) in marks where lane.processor == processor { found[lane.lane] = position }
        return found
    }

    /// The events that a request asks for.
    public func read(_ request: ReadRequest) -> [Event] {
        let forwards = request.direction == .forwards
        let inOrder = forwards ? events : events.reversed()
        let found = inOrder.filter { event in
            guard forwards ? event.position > request.after : event.position < request.after else {
                return false
            }
            switch request.filter {
            case .all: return true
            case .category(let category): return self.category(of: event) == category
            case .query(let query): return matches(event, query)
            case .stream(let stream):
                guard event.stream == stream.text else { return false }
                guard let revision = request.revision else { return true }
                return forwards ? event.revision >= revision : event.revision <= revision
            }
        }
        return Array(found.prefix(max(0, request.limit)))
    }

    private func matches(_ event: Event, _ query: EventQuery) -> Bool {
        (query.types.isEmpty || query.types.contains(event.type))
            && query.tags.isSubset(of: event.tags)
            && (query.category.map { $0 == category(of: event) } ?? true)
    }

    private func category(of event: Event) -> String {
        String(event.stream.prefix { $0 != "-" })
    }
}

extension ModelLog.Event {
    /// The same of an event that an engine gave.
    public init(_ event: RecordedEvent) {
        self.init(
            position: event.position,
            revision: event.revision,
            stream: event.stream.text,
            type: event.type,
            tags: event.tags,
            data: Array(event.data)
        )
    }
}

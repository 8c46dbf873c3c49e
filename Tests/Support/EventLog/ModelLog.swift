import EventLog

/// What a log is, in the plainest terms: a list of events, and a few dictionaries.
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
        let meta: [UInt8]
        let id: EventID
        let time: LogTime
    }

    private struct Lane: Hashable {
        let processor: String
        let lane: Int
    }

    private let identity: LogIdentity
    private var events: [Event] = []
    private var revisions: [String: Revision] = [:]
    private var receipts: [String: Receipt] = [:]
    private var marks: [Lane: Position] = [:]
    private var time: LogTime = 0

    /// The frames that were let in, each with its time and the position behind it: what a fork is made from.
    private var frames: [(frame: NewFrame, time: LogTime, lastPosition: Position)] = []

    /// An empty log.
    public init(identity: LogIdentity) {
        self.identity = identity
    }

    /// The log up to the last frame that ends at a position or before it, frames of marks alone included.
    public func fork(at position: Position) throws(EventLogError) -> ModelLog {
        var fork = ModelLog(identity: identity)
        for (frame, time, lastPosition) in frames where lastPosition <= position {
            _ = try fork.commit(frame, time: time)
        }
        return fork
    }

    /// Position of the newest event.
    public var lastPosition: Position { Position(events.count) }

    /// What a commit must answer at a time that the log's clock shows.
    public mutating func commit(_ frame: NewFrame, time: LogTime) throws(EventLogError) -> Receipt {
        if let key = frame.idempotencyKey, let known = receipt(forKey: key) { return known }
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
        return add(frame, time: max(time, self.time))
    }

    private mutating func add(_ frame: NewFrame, time: LogTime) -> Receipt {
        self.time = time
        let first = lastPosition + 1
        var given: [Revision] = []
        for event in frame.events {
            let revision = revisions[event.stream.text].map { $0 + 1 } ?? 0
            revisions[event.stream.text] = revision
            given.append(revision)
            events.append(
                Event(
                    position: lastPosition + 1,
                    revision: revision,
                    stream: event.stream.text,
                    type: event.type,
                    tags: event.tags,
                    data: Array(event.data),
                    meta: Array(event.meta),
                    id: event.id ?? .derived(from: identity.id, position: lastPosition + 1),
                    time: time
                )
            )
        }
        for mark in frame.marks { marks[Lane(processor: mark.processor, lane: mark.lane)] = mark.to }
        let receipt = Receipt(
            firstPosition: first,
            eventCount: frame.events.count,
            revisions: given,
            time: time,
            wasKnown: false
        )
        if let key = frame.idempotencyKey { receipts[key] = receipt }
        frames.append((frame, time, lastPosition))
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
        revisions[stream]
    }

    /// The receipt of the frame with a key, as it is given to whoever comes later.
    public func receipt(forKey key: String) -> Receipt? {
        receipts[key].map { known in
            Receipt(
                firstPosition: known.firstPosition,
                eventCount: known.eventCount,
                revisions: known.revisions,
                time: known.time,
                wasKnown: true
            )
        }
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
            data: Array(event.data),
            meta: Array(event.meta),
            id: event.id,
            time: event.time
        )
    }
}

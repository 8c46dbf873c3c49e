import EventLog
import Synchronization

/// A log as it was at a position, and behind that what somebody tries on it, in memory.
///
/// A fork for logs that lie elsewhere: it asks of its base nothing but reads, so the base may be a host at
/// the other end of a connection. Nothing that is committed here reaches the base.
///
/// Invariants: reads show the base up to `start` and nothing behind it, then what was committed here, at the
/// positions that follow; conditions are checked against all of that. No processor runs on it: it takes no
/// marks and no idempotency keys.
///
/// Made by `Explorer`, and used on its thread.
final class OverlayLog: EventLog {
    let identity: LogIdentity

    private let base: any EventLog
    private let clock: LogClock.Reading
    private let isInterrupted: @Sendable () -> Bool
    private let state: Mutex<State>

    private struct State {
        var past: PastLog
        var start: Position
        /// What was committed here.
        var events: [RecordedEvent] = []

        var lastPosition: Position { start + Position(events.count) }
    }

    /// A view of a log that ends at a position.
    ///
    /// - Parameters:
    ///   - base: what is seen of.
    ///   - end: the newest position that is seen.
    ///   - clock: the time of what is committed here.
    ///   - isInterrupted: whether nobody wants to know any more: then reads are refused, so that whatever
    ///     goes through the log page by page ends soon.
    init(
        _ base: any EventLog,
        endingAt end: Position,
        clock: @escaping LogClock.Reading,
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) {
        self.isInterrupted = isInterrupted
        self.base = base
        self.clock = clock
        identity = base.identity
        state = Mutex(State(past: PastLog(base, endingAt: end), start: end))
    }

    /// Where the base ends for this log.
    var start: Position { state.withLock { $0.start } }

    var lastPosition: Position { state.withLock { $0.lastPosition } }

    /// What was committed here, in order.
    var own: [RecordedEvent] { state.withLock { $0.events } }

    var readOnlyReason: String? { nil }

    /// Shows the base up to a position further on; only while nothing was committed here.
    func follow(to end: Position) {
        state.withLock { state in
            precondition(state.events.isEmpty, "what was tried stands where it was tried")
            state.past.move(to: end)
            state.start = max(state.start, end)
        }
    }

    /// Forgets what was committed here, and shows the base up to any position.
    func reset(to end: Position) {
        state.withLock { $0 = State(past: PastLog(base, endingAt: end), start: end) }
    }

    func revision(of stream: StreamName) throws(EventLogError) -> Revision? {
        let (past, events) = state.withLock { ($0.past, $0.events) }
        if let own = events.last(where: { $0.stream == stream }) { return own.revision }
        return try past.revision(of: stream)
    }

    func read(_ request: ReadRequest) throws(EventLogError) -> EventBatch {
        if isInterrupted() { throw .notAvailable("reading on when that was interrupted") }
        let (past, start, events) = state.withLock { ($0.past, $0.start, $0.events) }
        let own = events.filter { request.wants($0) }
        switch request.direction {
        case .forwards:
            let batch =
                request.after >= start
                ? EventBatch(events: [], scannedTo: request.after, reachedEnd: true) : try past.read(request)
            guard batch.reachedEnd else { return batch }
            let added = own.prefix(max(0, request.limit - batch.events.count))
            let hasAll = added.count == own.count
            return EventBatch(
                events: batch.events + added,
                scannedTo: hasAll
                    ? max(request.after, lastPosition) : added.last?.position ?? batch.scannedTo,
                reachedEnd: hasAll
            )
        case .backwards:
            let newest = Array(own.reversed().prefix(request.limit))
            if newest.count == request.limit {
                return EventBatch(
                    events: newest,
                    scannedTo: newest.last?.position ?? request.after,
                    reachedEnd: false
                )
            }
            var rest = request
            rest.after = min(request.after, start + 1)
            rest.limit = request.limit - newest.count
            let batch = try past.read(rest)
            return EventBatch(
                events: newest + batch.events,
                scannedTo: batch.scannedTo,
                reachedEnd: batch.reachedEnd
            )
        }
    }

    func commit(_ frame: NewFrame) async throws(EventLogError) -> Receipt { try add(frame) }

    /// Commits a frame, on the thread that calls it.
    @discardableResult
    func add(_ frame: NewFrame) throws(EventLogError) -> Receipt {
        guard !frame.events.isEmpty else { throw .invalidFrame(reason: "it has no events") }
        guard frame.marks.isEmpty, frame.idempotencyKey == nil else {
            throw .notAvailable("a mark or an idempotency key on what is only tried")
        }
        for event in frame.events { try event.check() }
        for (index, condition) in frame.conditions.enumerated() { try check(condition, index) }
        let time = clock()
        let first = lastPosition + 1
        var revisions: [Revision] = []
        for (place, event) in frame.events.enumerated() {
            let position = first + Position(place)
            let revision = (try revision(of: event.stream)).map { $0 + 1 } ?? 0
            let recorded = RecordedEvent(
                position: position,
                revision: revision,
                time: time,
                id: event.id ?? .derived(from: identity.id, position: position),
                type: event.type,
                stream: event.stream,
                tags: event.tags,
                data: event.data,
                meta: event.meta
            )
            state.withLock { $0.events.append(recorded) }
            revisions.append(revision)
        }
        return Receipt(
            firstPosition: first,
            eventCount: frame.events.count,
            revisions: revisions,
            time: time,
            wasKnown: false
        )
    }

    private func check(_ condition: AppendCondition, _ index: Int) throws(EventLogError) {
        switch condition {
        case .stream(let stream, let expected):
            let actual = try revision(of: stream)
            guard expected.holds(for: actual) else {
                throw .wrongExpectedRevision(stream: stream, expected: expected, actual: actual)
            }
        case .noEvent(let query, let after):
            if let match = try read(ReadRequest(.query(query), after: after, limit: 1)).events.first {
                throw .conditionFailed(index: index, matching: match.position)
            }
        }
    }

    func fork(at position: Position) throws(EventLogError) -> any EventLog {
        OverlayLog(self, endingAt: min(position, lastPosition), clock: clock)
    }

    func receipt(forKey key: String) throws(EventLogError) -> Receipt? {
        try state.withLock(\.past).receipt(forKey: key)
    }

    func marks(of processor: String) throws(EventLogError) -> [Int: Position] {
        throw .notAvailable("the progress of processors where things are only tried")
    }

    func waitForEvent(after position: Position) async throws {
        throw EventLogError.notAvailable("waiting for events where things are only tried")
    }

    func close() async throws(EventLogError) {}
}

extension ReadRequest {
    /// Whether an event is what the request asks for, and lies where it looks.
    fileprivate func wants(_ event: RecordedEvent) -> Bool {
        guard direction == .forwards ? event.position > after : event.position < after else { return false }
        switch filter {
        case .all: return true
        case .category(let category): return event.stream.category == category
        case .stream(let stream):
            guard event.stream == stream else { return false }
            guard let revision else { return true }
            return direction == .forwards ? event.revision >= revision : event.revision <= revision
        case .query(let query):
            return (query.category.map { $0 == event.stream.category } ?? true)
                && (query.types.isEmpty || query.types.contains(event.type))
                && query.tags.isSubset(of: event.tags)
        }
    }
}

import EventLog
import Synchronization

/// A log as it was at a position, which moves forward: what recorded steps are run on again.
///
/// Invariants:
/// - reads, revisions and `lastPosition` show what is at or before the end, and nothing behind it;
/// - the end only moves forward;
/// - nothing is written: a commit is refused.
///
/// Made by `Replayer`. What belongs to the log as it is now (marks, waiting for events) isn't here.
final class PastLog: EventLog {
    let identity: LogIdentity

    private let log: any EventLog
    private let state: Mutex<State>

    private struct State {
        var end: Position
        /// Newest revisions as of the end, -1 for none: of streams that were asked for, or have moved since.
        var newest: [StreamName: Int64] = [:]
    }

    /// A view of a log that ends at a position.
    ///
    /// - Parameters:
    ///   - log: what is seen of.
    ///   - end: the newest position that is seen.
    ///   - scriptSeed: the hash seed of VMs over the view; nil for the log's own.
    init(_ log: any EventLog, endingAt end: Position, scriptSeed: UInt32? = nil) {
        self.log = log
        state = Mutex(State(end: end))
        identity = LogIdentity(id: log.identity.id, scriptSeed: scriptSeed ?? log.identity.scriptSeed)
    }

    var lastPosition: Position { state.withLock { $0.end } }

    /// Moves the end over an event, which must be the next one.
    func move(over event: RecordedEvent) {
        state.withLock { state in
            precondition(event.position > state.end, "the past moves forward, event by event")
            state.end = event.position
            state.newest[event.stream] = Int64(event.revision)
        }
    }

    /// Moves the end to a position further on.
    func move(to position: Position) {
        state.withLock { state in
            guard position > state.end else { return }
            state.end = position
            state.newest.removeAll(keepingCapacity: true)
        }
    }

    func revision(of stream: StreamName) throws(EventLogError) -> Revision? {
        let (end, known) = state.withLock { ($0.end, $0.newest[stream]) }
        if let known { return known < 0 ? nil : Revision(known) }
        // At the head of the log nothing has to be left out, unless it has just moved on.
        let revision = try log.revision(of: stream)
        if log.lastPosition == end { return revision }
        let newest = ReadRequest(.stream(stream), after: end + 1, direction: .backwards, limit: 1)
        let found = try log.read(newest).events.first?.revision
        state.withLock { $0.newest[stream] = found.map { Int64($0) } ?? -1 }
        return found
    }

    func read(_ request: ReadRequest) throws(EventLogError) -> EventBatch {
        let end = lastPosition
        var bounded = request
        if request.direction == .backwards {
            bounded.after = min(request.after, end + 1)
            return try log.read(bounded)
        }
        if case .stream(let stream) = request.filter {
            // Not the thousand events behind the end that the stream may have by now.
            let next = (try revision(of: stream)).map { $0 + 1 } ?? 0
            bounded.limit = min(request.limit, Int(next - min(next, request.revision ?? 0)))
        } else if end - min(request.after, end) < log.lastPosition - end {
            if let batch = try readBackwards(request, from: end) { return batch }
        }
        let batch = try log.read(bounded)
        let seen = batch.events.prefix { $0.position <= end }
        let isCut = seen.count < batch.events.count || batch.scannedTo >= end
        let hasAll = bounded.limit < request.limit && seen.count == bounded.limit
        guard batch.reachedEnd || isCut || hasAll else { return batch }
        return EventBatch(
            events: Array(seen),
            scannedTo: max(request.after, end),
            reachedEnd: seen.count < request.limit
        )
    }

    /// A page forwards, read from the end where that is nearer; nil when there is more than a page.
    private func readBackwards(
        _ request: ReadRequest,
        from end: Position
    ) throws(EventLogError) -> EventBatch? {
        let newest = ReadRequest(request.filter, after: end + 1, direction: .backwards, limit: request.limit)
        let batch = try log.read(newest)
        guard batch.reachedEnd || batch.scannedTo <= request.after + 1 else { return nil }
        let events = batch.events.filter { $0.position > request.after }
        return EventBatch(
            events: events.reversed(),
            scannedTo: max(request.after, end),
            reachedEnd: events.count < request.limit
        )
    }

    func fork(at position: Position) throws(EventLogError) -> any EventLog {
        try log.fork(at: min(position, lastPosition))
    }

    func receipt(forKey key: String) throws(EventLogError) -> Receipt? {
        guard let receipt = try log.receipt(forKey: key), receipt.lastPosition <= lastPosition else {
            return nil
        }
        return receipt
    }

    var readOnlyReason: String? { "it is a log's past" }

    func commit(_ frame: NewFrame) async throws(EventLogError) -> Receipt {
        throw .readOnly(reason: "it is a log's past")
    }

    func marks(of processor: String) throws(EventLogError) -> [Int: Position] {
        throw .notAvailable("the progress of processors in a log's past")
    }

    func waitForEvent(after position: Position) async throws {
        throw EventLogError.notAvailable("waiting for an event of a log's past")
    }

    func close() async throws(EventLogError) {}
}

/// A reader that never ends: pages of what is there, then whatever is committed, with no gap and no double
/// between the two, because both are reads from the one cursor.
///
/// It is a value: a copy goes on by itself from the same place. Called by processors and live tails.
public struct Subscription: Sendable {
    private let log: any EventLog

    /// Which events it yields.
    public let filter: EventFilter

    /// How far it has looked: everything up to and including this position was yielded or didn't match.
    public private(set) var position: Position

    /// A subscription to the events behind a position; 0 begins with the first event of the log.
    public init(log: any EventLog, filter: EventFilter, after position: Position) {
        self.log = log
        self.filter = filter
        self.position = position
    }

    /// The next page: at least one event, at most `limit` (at least 1).
    ///
    /// Waits when there is none yet.
    ///
    /// - Throws: `CancellationError` when the task is cancelled while it waits, `EventLogError` from the log.
    public mutating func next(limit: Int = LogLimits.readEventsMax) async throws -> EventBatch {
        while true {
            let batch = try log.read(ReadRequest(filter, after: position, limit: max(1, limit)))
            position = batch.scannedTo
            if !batch.events.isEmpty { return batch }
            if batch.reachedEnd { try await log.waitForEvent(after: position) }
        }
    }
}

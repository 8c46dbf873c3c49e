/// A page of events, and where the next page begins.
public struct EventBatch: Sendable {
    /// The events that matched, in the direction of the request.
    public let events: [RecordedEvent]

    /// How far the read looked, whether or not what it saw there matched: where the next request starts from.
    ///
    /// Forwards, everything up to and including this position has been seen; backwards, everything from it
    /// on.
    public let scannedTo: Position

    /// Whether the read stopped because nothing was left, and not at its limit.
    public let reachedEnd: Bool

    /// A page.
    public init(events: [RecordedEvent], scannedTo: Position, reachedEnd: Bool) {
        self.events = events
        self.scannedTo = scannedTo
        self.reachedEnd = reachedEnd
    }
}

/// What a commit was given by the log.
public struct Receipt: Hashable, Sendable {
    /// Position of the frame's first event; for a frame without events, `lastPosition` of the log plus one.
    public let firstPosition: Position

    /// How many events it has.
    public let eventCount: Int

    /// Revisions of the events, in the order of the frame.
    public let revisions: [Revision]

    /// When it was committed.
    public let time: LogTime

    /// Whether the frame was already there under the same idempotency key, and nothing was written now.
    public let wasKnown: Bool

    /// Position of the frame's newest event; for a frame without events, that of the event before it.
    public var lastPosition: Position { firstPosition + UInt64(eventCount) - 1 }

    /// A receipt.
    public init(
        firstPosition: Position,
        eventCount: Int,
        revisions: [Revision],
        time: LogTime,
        wasKnown: Bool
    ) {
        self.firstPosition = firstPosition
        self.eventCount = eventCount
        self.revisions = revisions
        self.time = time
        self.wasKnown = wasKnown
    }
}

import EventLog

/// One of a processor's fixed slices of the streams.
///
/// Order holds within a lane.
struct Lane: Sendable {
    /// Durable progress, as the log has it: what the next move starts from.
    var mark: Position

    /// Events for this lane, oldest first, behind the mark or claimed; none of them is dealt with yet.
    var queue: [RecordedEvent] = []

    /// Tries of the oldest event that failed.
    var attempts = 0

    /// Whether the lane waits to try its oldest event again.
    var isWaiting = false

    /// Whether its oldest event waits for the answer to a call.
    var isCalling = false

    /// Whether no step of it may begin.
    var isHeld: Bool { isWaiting || isCalling }

    /// Events that the mark is past and that aren't dealt with: at-most-once runs them, whatever comes.
    var claimed: ArraySlice<RecordedEvent> { queue.prefix { $0.position <= mark } }

    init(mark: Position) {
        self.mark = mark
    }

    /// The lane of a stream: stable for ever, since marks are kept by lane.
    static func of(_ stream: StreamName) -> Int {
        Int(StableHash.of(stream.text.utf8) % UInt64(RuntimeLimits.lanes))
    }

    /// The lane of an event's stream, without making a string of it.
    static func of(_ event: RecordedEvent) -> Int {
        Int(event.withStreamBytes { StableHash.of($0) } % UInt64(RuntimeLimits.lanes))
    }
}

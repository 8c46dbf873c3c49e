/// A fact that is not yet in the log.
///
/// The bytes are slices, so that a batch of events can share one buffer that a script's output was written
/// to.
public struct NewEvent: Sendable {
    /// Where it goes.
    public var stream: StreamName

    /// What happened, in the past tense: `OrderPlaced`.
    public var type: String

    /// JSON; empty means `null`.
    ///
    /// The log stores it unread.
    public var data: ArraySlice<UInt8>

    /// JSON object of what the host knows about the event (correlation, causation, rule); empty means `{}`.
    public var meta: ArraySlice<UInt8>

    /// Labels that queries and append conditions can name.
    public var tags: [String]

    /// The event's own id; nil lets the log derive one from its identity and the position.
    public var id: EventID?

    /// An event for a stream.
    public init(
        stream: StreamName,
        type: String,
        data: ArraySlice<UInt8> = [],
        meta: ArraySlice<UInt8> = [],
        tags: [String] = [],
        id: EventID? = nil
    ) {
        self.stream = stream
        self.type = type
        self.data = data
        self.meta = meta
        self.tags = tags
        self.id = id
    }

    /// Refuses an event that no frame could hold: its names, sizes and number of tags.
    ///
    /// - Throws: `EventLogError.invalidName`, `.limitExceeded`.
    public func check() throws(EventLogError) {
        try FrameCheck.check(self)
    }
}

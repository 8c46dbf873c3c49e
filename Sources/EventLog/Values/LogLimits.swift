/// The limits of a frame and its parts.
///
/// They are portable: every engine that we may put a log on (PostgreSQL, NATS JetStream) can hold a frame of
/// this size in one transaction.
public enum LogLimits {
    /// Events in one frame.
    ///
    /// Above it a flush would hold up every other writer for too long.
    public static let frameEventsMax = 1_000

    /// Marks in one frame: every lane of a handful of processors.
    public static let frameMarksMax = 256

    /// Append conditions in one frame: one for each stream that a full frame may touch.
    public static let frameConditionsMax = 1_000

    /// Bytes of one event's data, and of its meta; larger things belong in a blob store, by reference.
    public static let eventBytesMax = 1 << 20

    /// Bytes of one encoded frame; also what a reader must be able to hold at once.
    public static let frameBytesMax = 16 << 20

    /// Bytes of a stream name, an event type, a tag, a processor name or an idempotency key:
    /// long enough for two UUIDs and words around them, short enough to be indexed whole.
    public static let nameBytesMax = 255

    /// Tags on one event, so that an index entry a tag stays cheap.
    public static let eventTagsMax = 16

    /// Events in one page of a read: bounds what one caller can pin in memory.
    public static let readEventsMax = 10_000

    /// Bytes of frames that one page of a read may pin; a page ends early rather than go beyond it by more
    /// than a frame.
    public static let readBytesMax = 32 << 20

    /// Different event types and processor names in one log: they are written by hand, so thousands are many,
    /// and each segment's header repeats them.
    public static let symbolsMax = 16_384

    /// Bytes of frames that may wait for the sequencer before `commit` itself waits.
    public static let queueBytesMax = 64 << 20
}

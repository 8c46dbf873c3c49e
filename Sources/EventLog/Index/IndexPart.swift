/// The index of a stretch of the log: whole segments, one behind the other.
///
/// A log's index is a list of parts and the one that is still growing. Two kinds hold keys: `SegmentIndex` in
/// memory, for the segment that is written and those that just were, and `SealedPart` in a file. A third,
/// `PartialPart`, is the beginning of another part, where a fork leaves its base.
///
/// An *ordinal* is the place of an event in its part, from 0: position `base + 1 + ordinal`. A *frame number*
/// is the place of a frame in its part, from 0; frames that end a segment aren't counted.
///
/// A part doesn't change while anybody but the sequencer can see it.
protocol IndexPart: Sendable {
    /// The position before its first event.
    var base: Position { get }

    /// How many events it covers.
    var eventCount: UInt32 { get }

    /// How many frames it covers.
    var frameCount: Int { get }

    /// What is known of a key; nil when nothing here has it.
    ///
    /// - Throws: `EventLogError.damaged` when a file's checksum fails.
    func find(_ key: IndexKey) throws(EventLogError) -> KeyPostings?

    /// Where a frame is.
    func frame(_ number: Int) throws(EventLogError) -> FrameRef

    /// The number of the frame that holds an event.
    ///
    /// A frame without events has the same first ordinal as the one behind it, so it is the last frame that
    /// begins at or before the ordinal.
    func frameNumber(holding ordinal: UInt32) throws(EventLogError) -> Int
}

/// What a part knows of a key.
struct KeyPostings {
    /// For a stream: the revision of its first event in this part; 0 for other kinds.
    let firstRevision: Revision

    /// Ordinals of events, ascending; for an idempotency key the number of its frame.
    ///
    /// Borrowed: valid while the part is held, and not changed.
    let ordinals: UnsafeBufferPointer<UInt32>
}

/// Where the bytes of a frame are.
struct FrameRef: Sendable, Equatable {
    /// The frame's place in the log as if all of it were one file; an engine knows what file that falls in.
    var address: UInt64
    /// Position of its first event; for a frame without events, of the event that comes next.
    var firstPosition: Position
    /// Its length in bytes.
    var length: UInt32

    /// The address behind its last byte.
    var end: UInt64 { address + UInt64(length) }
}

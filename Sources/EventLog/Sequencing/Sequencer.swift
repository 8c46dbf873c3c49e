/// Puts frames in order: checks each one against all that came before it, gives it its place, and encodes it.
///
/// It does no I/O and reads no clock but the injected one, so the same calls give the same bytes.
///
/// The life of a group: `stage` each frame, write `bytes` somewhere durable, `publish`. Frames of a group see
/// each other; readers see them from `publish` on. A frame that `stage` refuses leaves no trace: no event, no
/// symbol, no bytes. Owned by one thread at a time: the disk log's writer, or the memory log's lock.
struct Sequencer: Sendable {
    private let index: SharedIndex
    private let clock: LogClock.Reading
    private var writer: FrameWriter
    /// Of the frame that is being staged; kept for the room that it has grown.
    private var numbers = FrameNumbers()

    /// Where the log ends, staged frames included.
    private(set) var end: LogEnd

    /// The address that the next frame gets.
    private(set) var nextAddress: UInt64

    /// The address of the first frame of the group that is being staged.
    private(set) var groupAddress: UInt64

    /// How many frames are staged and not yet published.
    private(set) var stagedFrames = 0

    /// What the segment holds, staged frames included.
    private(set) var totals: SegmentTotals

    /// Where a sequencer goes on.
    struct Start: Sendable {
        var end = LogEnd()
        /// The address of the next frame.
        var address: UInt64 = 0
        /// What the newest segment holds.
        var totals = SegmentTotals()
    }

    /// A sequencer that goes on where a log ends; the index holds all that is before.
    init(
        index: SharedIndex,
        identity: LogIdentity,
        from start: Start = Start(),
        clock: @escaping LogClock.Reading
    ) {
        self.index = index
        self.clock = clock
        end = start.end
        nextAddress = start.address
        groupAddress = start.address
        totals = start.totals
        writer = FrameWriter(seed: Checksum.seed(of: identity.id), chain: start.end.chain)
    }

    /// What became of a frame.
    enum Staged {
        /// It has its place, and is true once its group is durable.
        case new(Receipt)
        /// Its key is known from this frame, which is durable, or staged in this very group.
        case known(FrameRef, isDurable: Bool)
    }

    /// Checks and encodes a frame that `FrameCheck` has let through.
    mutating func stage(_ frame: NewFrame) throws(EventLogError) -> Staged {
        try index.withIndex { index throws(EventLogError) in
            if let key = frame.idempotencyKey, let known = try index.frame(ofKey: key) {
                return .known(known.frame, isDurable: known.isVisible)
            }
            try Self.check(frame, index)
            try numbers.open(frame, in: &index)
            // From here on nothing can fail.
            numbers.add(frame, to: &index)
            return .new(encode(frame, &index))
        }
    }

    private mutating func encode(_ frame: NewFrame, _ index: inout LogIndex) -> Receipt {
        let stamp = FrameWriter.Stamp(
            firstPosition: end.lastPosition + 1,
            time: max(clock(), end.time),
            group: groupAddress
        )
        let length = writer.append(frame, numbers: numbers, stamp: stamp)
        let count = frame.events.count
        if let key = frame.idempotencyKey {
            key.withUTF8Bytes { index.addFrame(at: nextAddress, length: length, events: count, key: $0) }
        } else {
            index.addFrame(at: nextAddress, length: length, events: count, key: nil)
        }
        advance(by: length, events: count, time: stamp.time)
        return Receipt(
            firstPosition: stamp.firstPosition,
            eventCount: count,
            revisions: numbers.revisions,
            time: stamp.time,
            wasKnown: false
        )
    }

    private mutating func advance(by length: Int, events: Int, time: LogTime) {
        nextAddress += UInt64(length)
        end.lastPosition += UInt64(events)
        end.chain = writer.chain
        end.time = time
        stagedFrames += 1
        totals.frames += 1
        totals.events += UInt64(events)
    }

    /// The encoded frames of the group.
    var bytes: ArraySlice<UInt8> { writer.bytes[..<writer.count] }

    /// The group is durable: shows it to readers, and makes room for the next one.
    mutating func publish() {
        writer.removeAll()
        stagedFrames = 0
        groupAddress = nextAddress
        index.publish()
    }

    // MARK: Segments

    /// Encodes, as a group of its own, the frame that ends a segment.
    ///
    /// Nothing may be staged.
    mutating func stageSegmentEnd() {
        let stamp = FrameWriter.Stamp(
            firstPosition: end.lastPosition + 1,
            time: end.time,
            group: groupAddress
        )
        nextAddress += UInt64(writer.appendEnd(totals, stamp: stamp))
        end.chain = writer.chain
    }

    /// Goes on at the first frame of a new segment, behind an end frame that has been written.
    mutating func beginSegment(at address: UInt64) {
        writer.removeAll()
        nextAddress = address
        groupAddress = address
        totals = SegmentTotals()
    }
}

/// A segment as far as it can be copied.
public struct BackupSegment: Hashable, Sendable {
    /// Its file's name.
    public let name: String

    /// 1 for the first segment of the log.
    public let number: UInt64

    /// Position of its first event.
    public let firstPosition: Position

    /// How many of its bytes are durable; they end with a whole frame.
    public let bytes: Int

    /// Whether it will never grow.
    public let isEnded: Bool

    /// Checksum of the newest frame before the segment: tells two histories of one log apart.
    public let chain: UInt32

    /// A segment, as another machine has described it.
    public init(
        name: String,
        number: UInt64,
        firstPosition: Position,
        bytes: Int,
        isEnded: Bool,
        chain: UInt32
    ) {
        self.name = name
        self.number = number
        self.firstPosition = firstPosition
        self.bytes = bytes
        self.isEnded = isEnded
        self.chain = chain
    }

    init(_ header: SegmentHeader, bytes: Int, isEnded: Bool) {
        self.init(
            name: Segment.fileName(firstPosition: header.firstPosition),
            number: header.number,
            firstPosition: header.firstPosition,
            bytes: bytes,
            isEnded: isEnded,
            chain: header.chain
        )
    }
}

/// All that a log held at one moment: what a backup copies, and what it holds its own files against.
public struct BackupListing: Hashable, Sendable {
    /// The id of the log.
    public let log: EventID

    /// Position of the newest event.
    public let lastPosition: Position

    /// Checksum of the newest frame.
    public let chain: UInt32

    /// The segments, in order; all but the newest are ended.
    public let segments: [BackupSegment]

    /// A listing, as another machine has sent it.
    public init(log: EventID, lastPosition: Position, chain: UInt32, segments: [BackupSegment]) {
        self.log = log
        self.lastPosition = lastPosition
        self.chain = chain
        self.segments = segments
    }

    /// All bytes.
    public var bytes: Int { segments.reduce(0) { $0 + $1.bytes } }

    /// Why it can't be the listing of a log; nil when it can.
    ///
    /// It may come from another machine, and its names become names of files here.
    var fault: String? {
        if segments.isEmpty { return "it lists no segment" }
        for (index, segment) in segments.enumerated() {
            guard segment.name == Segment.fileName(firstPosition: segment.firstPosition),
                segment.number == UInt64(index) + 1, segment.bytes >= SegmentHeader.blockSize,
                segment.isEnded == (index < segments.count - 1),
                index == 0 || segment.firstPosition > segments[index - 1].firstPosition
            else { return "segment \(index + 1) of its list makes no sense" }
        }
        return nil
    }
}

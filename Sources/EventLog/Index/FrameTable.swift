/// Where the bytes of a frame are.
struct FrameRef: Sendable, Equatable {
    /// The frame's place in the log as if all of it were one file; an engine knows what file that falls in.
    var address: UInt64
    /// Ordinal of its first event; for a frame without events, of the event that comes next.
    var firstOrdinal: UInt32
    /// Its length in bytes.
    var length: UInt32

    /// The address behind its last byte.
    var end: UInt64 { address + UInt64(length) }
}

/// All frames, in order: 16 bytes each.
struct FrameTable: Sendable {
    private(set) var frames: [FrameRef] = []

    var count: Int { frames.count }

    subscript(index: Int) -> FrameRef { frames[index] }

    mutating func append(_ frame: FrameRef) {
        frames.append(frame)
    }

    /// The index of the frame that holds an event.
    ///
    /// A frame without events has the same first ordinal as the one behind it, so the last frame that begins
    /// at or before the ordinal is the right one.
    func index(holding ordinal: UInt32) -> Int {
        var low = 0
        var high = frames.count
        while low < high {
            let middle = (low + high) / 2
            if frames[middle].firstOrdinal <= ordinal { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }
}

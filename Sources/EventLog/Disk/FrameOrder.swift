/// What the next frame of a log must follow from: the rules that make whole frames one log.
///
/// Checksums say that a frame is as it was written; these rules say that it is the *next* one. Called by
/// `LogReplay` on the way to the index, and by backup, restore and verify, which need no index.
struct FrameOrder: Equatable, Sendable {
    /// Where the log ends so far.
    private(set) var end: LogEnd
    /// The group of the newest frame.
    private var group: UInt64 = 0

    /// The beginning of a log.
    init() {
        end = LogEnd()
    }

    /// Where a segment says that the log before it ended.
    init(before header: SegmentHeader) {
        end = LogEnd(lastPosition: header.firstPosition - 1, chain: header.chain, time: header.time)
    }

    /// Behind a frame that is known to belong where it stands.
    init(behind header: FrameHeader, checksum: UInt32) {
        let last = header.firstPosition + Position(header.eventCount) - 1
        end = LogEnd(lastPosition: last, chain: checksum, time: header.time)
        group = header.group
    }

    /// Where a segment says that it begins must be where the frames before it ended.
    func check(_ header: SegmentHeader) throws(FrameFault) {
        guard header.firstPosition == end.lastPosition + 1, header.chain == end.chain, header.time == end.time
        else { throw FrameFault("the segment doesn't follow the one before it") }
    }

    /// Whether a frame is the one that comes next at an address.
    func check(_ header: FrameHeader, at address: UInt64) throws(FrameFault) {
        guard header.chain == end.chain else {
            throw FrameFault("a frame isn't chained to the one before it")
        }
        guard header.firstPosition == end.lastPosition + 1 else {
            throw FrameFault(
                "a frame begins at position \(header.firstPosition), not \(end.lastPosition + 1)"
            )
        }
        guard header.time >= end.time else { throw FrameFault("a frame is older than the one before it") }
        guard header.group == address || header.group == group else {
            throw FrameFault("a frame belongs to a group that isn't here")
        }
    }

    /// Goes on behind a frame that is in order.
    mutating func advance(behind header: FrameHeader, checksum: UInt32) {
        end.chain = checksum
        end.time = header.time
        end.lastPosition += Position(header.eventCount)
        group = header.group
    }
}

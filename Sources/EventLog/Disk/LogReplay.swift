/// Rebuilds the index from frames, in order, holding each one against what came before it.
///
/// Checksums say that a frame is as it was written; the replay says that it is the *next* one: chained to the
/// last, with the next position, a time that doesn't go back, the revisions and marks that follow.
struct LogReplay {
    private(set) var index = LogIndex()
    private(set) var end = LogEnd()
    private(set) var frames = 0
    /// What the newest segment holds.
    private(set) var totals = SegmentTotals()
    /// The group of the newest frame.
    private var group: UInt64 = 0

    /// Where a segment says that it begins must be where the frames before it ended.
    mutating func begin(_ header: SegmentHeader) throws(FrameFault) {
        guard header.firstPosition == end.lastPosition + 1, header.chain == end.chain, header.time == end.time
        else { throw FrameFault("the segment doesn't follow the one before it") }
        guard header.symbols == index.symbols.names else {
            throw FrameFault("the segment's symbols aren't those of the frames before it")
        }
        totals = SegmentTotals()
    }

    /// Whether a frame is the one that comes next at an address.
    func checkOrder(_ header: FrameHeader, at address: UInt64) throws(FrameFault) {
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

    /// Adds a frame that is in order, and makes it visible.
    ///
    /// A fault here is damage, never a torn write: the frame is whole, and yet can't be true.
    mutating func apply(
        _ frame: FrameReader,
        _ bytes: UnsafeRawBufferPointer,
        at address: UInt64
    ) throws(FrameFault) {
        let header = frame.header
        var isEnd = false
        try frame.forEachRecord(bytes) { (record, _) throws(FrameFault) in
            switch record {
            case .event(let event): try add(event, bytes)
            case .mark(let processor, let lane, let from, let to):
                guard Int(processor) < index.symbols.count, index.marks.newest(processor, lane) == from,
                    to > from
                else { throw FrameFault("a mark doesn't follow the one before it") }
                index.addMark(processor: processor, lane: lane, to: to)
            case .symbol(let number, let name):
                let text = String(decoding: UnsafeRawBufferPointer(rebasing: bytes[name]), as: UTF8.self)
                guard Int(number) == index.symbols.count, index.symbol(for: text) == number else {
                    throw FrameFault("symbol \(number) isn't the next one")
                }
            case .end(let counted):
                isEnd = true
                guard counted == totals else {
                    throw FrameFault("the segment doesn't hold what its end says")
                }
            }
        }
        guard isEnd == header.flags.contains(.end) else {
            throw FrameFault("an end stands in the wrong frame")
        }
        end.chain = frame.checksum
        end.time = header.time
        group = header.group
        if isEnd { return }
        let place = FrameRef(
            address: address,
            firstOrdinal: UInt32(end.lastPosition),
            length: header.length
        )
        index.addFrame(place, key: try frame.key(bytes).map { UnsafeRawBufferPointer(rebasing: bytes[$0]) })
        index.publish()
        end.lastPosition += UInt64(header.eventCount)
        frames += 1
        totals.frames += 1
        totals.events += UInt64(header.eventCount)
    }

    private mutating func add(
        _ event: FrameReader.EventRecord,
        _ bytes: UnsafeRawBufferPointer
    ) throws(FrameFault) {
        guard Int(event.type) < index.symbols.count, UInt64(index.eventCount) < LogIndex.eventsMax else {
            throw FrameFault("an event has the unknown type \(event.type)")
        }
        let stream = UnsafeRawBufferPointer(rebasing: bytes[event.stream])
        guard index.addEvent(stream: stream, type: event.type) == event.revision else {
            throw FrameFault("an event doesn't have its stream's next revision")
        }
        var tag = event.tags.lowerBound
        while tag < event.tags.upperBound {
            let next = tag + 1 + Int(bytes[tag])
            index.addTag(UnsafeRawBufferPointer(rebasing: bytes[tag + 1..<next]))
            tag = next
        }
    }
}

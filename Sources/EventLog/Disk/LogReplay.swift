/// Rebuilds the index from frames, in order, holding each one against what came before it.
///
/// Checksums say that a frame is as it was written; the replay says that it is the *next* one: chained to the
/// last, with the next position, a time that doesn't go back, the revisions and marks that follow.
///
/// Called by `Recovery` for the segments that have no index file, by `IndexSealer` when one has to be built
/// again, and by `LogVerifier` for all of them.
struct LogReplay {
    private(set) var index: LogIndex
    private var order: FrameOrder
    /// What the newest segment holds.
    private(set) var totals = SegmentTotals()
    /// Where the log ends so far.
    var end: LogEnd { order.end }

    /// A replay from the beginning of a log.
    init(seed: UInt64) {
        index = LogIndex(seed: seed)
        order = FrameOrder()
    }

    /// A replay that begins with a segment, behind the parts of those before it.
    init(_ header: SegmentHeader, behind parts: [any IndexPart], marks: NamedMarks) {
        let seed = header.identity.indexSeed
        var symbols = SymbolTable(seed: seed)
        for name in header.symbols { _ = symbols.insert(name) }
        index = LogIndex(seed: seed, parts: parts, symbols: symbols, marks: MarkTable(marks, symbols))
        order = FrameOrder(before: header)
    }

    /// Where a segment says that it begins must be where the frames before it ended.
    mutating func begin(_ header: SegmentHeader) throws(FrameFault) {
        try order.check(header)
        guard header.symbols == index.symbols.names else {
            throw FrameFault("the segment's symbols aren't those of the frames before it")
        }
        totals = SegmentTotals()
    }

    /// What a walk over a segment ended at.
    enum Stop {
        /// The frame that ends the segment.
        case sealed
        /// The end of the file, behind a whole frame.
        case endOfFile
        /// Bytes that are no frame.
        case fault(FrameFault)
        /// A frame that is whole, and can't be the next one.
        case disorder(FrameFault)
    }

    /// Adds the frames of a segment from an offset on, which it moves behind the last one that it added.
    ///
    /// - Throws: `EventLogError` from the file, and from the index files of older segments.
    mutating func walk(
        _ scanner: inout SegmentScanner,
        from offset: inout Int,
        address: UInt64
    ) throws(EventLogError) -> Stop {
        while offset < scanner.size {
            var stop: Stop?
            var trouble: EventLogError?
            let place = address + UInt64(offset)
            let found = try scanner.frame(at: offset) { frame, bytes in
                do throws(FrameFault) {
                    try order.check(frame.header, at: place)
                    trouble = try apply(frame, bytes, at: place)
                } catch {
                    stop = .disorder(error)
                }
            }
            if let trouble { throw trouble }
            if let stop { return stop }
            switch found {
            case .fault(let fault): return .fault(fault)
            case .frame(let frame):
                offset += frame.range.count
                if frame.header.flags.contains(.end) { return .sealed }
            }
        }
        return .endOfFile
    }

    /// Ends the part of the index that the segment filled.
    mutating func endPart() -> SegmentIndex {
        index.endPart()
    }

    /// Puts a part, from a file, in the place of those that cover the same stretch.
    mutating func replacePart(with part: any IndexPart) {
        index.replaceParts(with: [part])
    }

    /// Adds a frame that is in order, and makes it visible; returns what the index files were in the way of.
    ///
    /// A fault here is damage, never a torn write: the frame is whole, and yet can't be true.
    private mutating func apply(
        _ frame: FrameReader,
        _ bytes: UnsafeRawBufferPointer,
        at address: UInt64
    ) throws(FrameFault) -> EventLogError? {
        let header = frame.header
        var isEnd = false
        var trouble: EventLogError?
        try frame.forEachRecord(bytes) { (record, _) throws(FrameFault) in
            switch record {
            case .event(let event):
                if trouble == nil { trouble = try add(event, bytes) }
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
        if let trouble { return trouble }
        guard isEnd == header.flags.contains(.end) else {
            throw FrameFault("an end stands in the wrong frame")
        }
        order.advance(behind: header, checksum: frame.checksum)
        if isEnd { return nil }
        index.addFrame(
            at: address,
            length: Int(header.length),
            events: Int(header.eventCount),
            key: try frame.key(bytes).map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
        )
        index.publish()
        totals.frames += 1
        totals.events += UInt64(header.eventCount)
        return nil
    }

    /// Adds an event; returns what the index files were in the way of.
    private mutating func add(
        _ event: FrameReader.EventRecord,
        _ bytes: UnsafeRawBufferPointer
    ) throws(FrameFault) -> EventLogError? {
        guard Int(event.type) < index.symbols.count, UInt64(index.active.eventCount) < SegmentIndex.eventsMax
        else { throw FrameFault("an event has the unknown type \(event.type)") }
        let stream: Int
        do throws(EventLogError) {
            stream = try index.openStream(UnsafeRawBufferPointer(rebasing: bytes[event.stream]))
        } catch {
            return error
        }
        let name = index.symbols.names[Int(event.type)]
        guard index.addEvent(stream: stream, type: event.type, named: name) == event.revision else {
            throw FrameFault("an event doesn't have its stream's next revision")
        }
        var tag = event.tags.lowerBound
        while tag < event.tags.upperBound {
            let next = tag + 1 + Int(bytes[tag])
            index.addTag(UnsafeRawBufferPointer(rebasing: bytes[tag + 1..<next]))
            tag = next
        }
        return nil
    }
}

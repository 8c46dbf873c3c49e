/// Walks the records of one encoded frame, checking every length before it is used.
///
/// A frame that passes `verify` is what the writer wrote (its checksums hold); a walk still trusts nothing,
/// so that even a frame that was forged with valid checksums can only be refused. Called by `LogReader` for
/// reads and by `SegmentScanner` for recovery.
struct FrameReader {
    let header: FrameHeader
    /// The header's own checksum, which the next frame's chain repeats.
    let checksum: UInt32
    /// Where the frame begins in its bytes, and where it ends.
    let range: Range<Int>

    /// Opens a frame: the header must be intact, and all of the body must be there.
    init(_ bytes: UnsafeRawBufferPointer, at offset: Int, seed: UInt32) throws(FrameFault) {
        (header, checksum) = try FrameHeader.read(bytes, at: offset, seed: seed)
        guard bytes.count - offset >= Int(header.length) else { throw FrameFault("a frame is cut off") }
        range = offset..<offset + Int(header.length)
    }

    /// Checks the body against its checksum.
    func verify(_ bytes: UnsafeRawBufferPointer) throws(FrameFault) {
        let body = UnsafeRawBufferPointer(
            rebasing: bytes[range.lowerBound + FrameHeader.size..<range.upperBound]
        )
        guard Checksum.extend(over: body) == header.bodyChecksum else {
            throw FrameFault("a frame's body doesn't match its checksum")
        }
    }

    /// One record, as places in the bytes.
    ///
    /// A frame's records come in the order they were written: symbols, events, marks.
    enum Record {
        case event(EventRecord)
        case mark(processor: UInt32, lane: Int, from: Position, to: Position)
        case symbol(number: UInt32, name: Range<Int>)
        case end(SegmentTotals)
    }

    /// Where the parts of an event stand.
    struct EventRecord {
        var type: UInt32
        var revision: Revision
        var id: EventID?
        var stream: Range<Int>
        /// The tags, each behind its length; empty when there are none.
        var tags: Range<Int>
        var meta: Range<Int>
        var data: Range<Int>
    }

    /// The idempotency key, if the frame has one.
    func key(_ bytes: UnsafeRawBufferPointer) throws(FrameFault) -> Range<Int>? {
        guard header.flags.contains(.key) else { return nil }
        var reader = body(bytes)
        return try reader.takeName("an idempotency key")
    }

    /// Calls `visit` with each record, and with the index of the event among the frame's events.
    @inline(__always)
    func forEachRecord(
        _ bytes: UnsafeRawBufferPointer,
        _ visit: (Record, _ event: Int) throws(FrameFault) -> Void
    ) throws(FrameFault) {
        var reader = body(bytes)
        if header.flags.contains(.key) { _ = try reader.takeName("an idempotency key") }
        var events = 0
        for _ in 0..<header.recordCount {
            let record = try Self.record(&reader, bytes)
            try visit(record, events)
            if case .event = record { events += 1 }
        }
        guard events == Int(header.eventCount) else {
            throw FrameFault("a frame says that it has \(header.eventCount) events and has \(events)")
        }
        guard reader.remaining < FrameHeader.alignment,
            try reader.slice(reader.skip(reader.remaining, "padding")).allSatisfy({ $0 == 0 })
        else { throw FrameFault("a frame has bytes behind its records") }
    }

    /// The records of the body, from its beginning.
    func body(_ bytes: UnsafeRawBufferPointer) -> ByteReader {
        ByteReader(bytes, from: range.lowerBound + FrameHeader.size, to: range.upperBound)
    }

    @inline(__always)
    private static func record(
        _ reader: inout ByteReader,
        _ bytes: UnsafeRawBufferPointer
    ) throws(FrameFault) -> Record {
        let kind = try reader.take(UInt8.self, "a record")
        let length = try reader.takeCount("a record")
        let range = try reader.skip(length, "a record")
        var part = ByteReader(bytes, from: range.lowerBound, to: range.upperBound)
        switch RecordKind(rawValue: kind) {
        case .event: return .event(try event(&part))
        case .mark: return try mark(&part)
        case .symbol:
            let number = try symbolNumber(&part)
            return .symbol(number: number, name: try part.skip(part.remaining, "a symbol"))
        case .end:
            let frames = try part.take(UInt64.self, "the count of frames")
            return .end(
                SegmentTotals(frames: frames, events: try part.take(UInt64.self, "the count of events"))
            )
        case nil:
            throw FrameFault("a frame holds a record of unknown kind \(kind)")
        }
    }

    @inline(__always)
    private static func event(_ part: inout ByteReader) throws(FrameFault) -> EventRecord {
        let type = try symbolNumber(&part)
        let revision = try part.takeVarint("a revision")
        let flags = EventFlags(rawValue: try part.take(UInt8.self, "flags"))
        guard EventFlags.known.isSuperset(of: flags) else {
            throw FrameFault("an event was written by a newer version (flags \(flags.rawValue))")
        }
        let stream = try part.takeName("a stream name")
        let id = flags.contains(.id) ? try part.takeID("an event's id") : nil
        var tags = part.offset..<part.offset
        if flags.contains(.tags) {
            let count = try part.take(UInt8.self, "tags")
            let start = part.offset
            for _ in 0..<count { _ = try part.takeName("a tag") }
            tags = start..<part.offset
        }
        let meta = try part.skip(part.takeCount("meta"), "meta")
        return EventRecord(
            type: type,
            revision: revision,
            id: id,
            stream: stream,
            tags: tags,
            meta: meta,
            data: try part.skip(part.remaining, "data")
        )
    }

    private static func mark(_ part: inout ByteReader) throws(FrameFault) -> Record {
        let processor = try symbolNumber(&part)
        let lane = try part.takeVarint("a lane")
        guard lane <= UInt64(Int32.max) else { throw FrameFault("a lane has the number \(lane)") }
        let from = try part.takeVarint("a mark")
        return .mark(
            processor: processor,
            lane: Int(lane),
            from: from,
            to: try part.takeVarint("a mark")
        )
    }

    @inline(__always)
    private static func symbolNumber(_ part: inout ByteReader) throws(FrameFault) -> UInt32 {
        let number = try part.takeVarint("a symbol")
        guard number < UInt64(LogLimits.symbolsMax) else {
            throw FrameFault("a symbol has the number \(number)")
        }
        return UInt32(number)
    }
}

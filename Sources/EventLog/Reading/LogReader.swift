/// Reads events and receipts: asks the index what is wanted, loads the frames, decodes them.
///
/// Any number of readers run beside each other and beside the sequencer.
struct LogReader: Sendable {
    let index: SharedIndex
    let source: any FrameSource
    let identity: LogIdentity
    private let seed: UInt32

    init(index: SharedIndex, source: any FrameSource, identity: LogIdentity) {
        self.index = index
        self.source = source
        self.identity = identity
        seed = Checksum.seed(of: identity.id)
    }

    func read(_ request: ReadRequest) throws(EventLogError) -> EventBatch {
        let plan = try index.plan(request)
        var page = PageDecoder(plan, log: identity.id)
        try forEachFrame(plan.frames) { (reader, bytes, all) throws(FrameFault) in
            try page.decode(reader, bytes, all)
        }
        var events = page.events
        if request.direction == .backwards { events.reverse() }
        return EventBatch(events: events, scannedTo: plan.scannedTo, reachedEnd: plan.reachedEnd)
    }

    /// The receipt of the durable frame that carries an idempotency key.
    func receipt(forKey key: String) throws(EventLogError) -> Receipt? {
        guard let frame = try index.visibleFrame(ofKey: key) else { return nil }
        return try receipt(of: frame)
    }

    /// The receipt that a frame was given when it was committed.
    func receipt(of frame: FrameRef) throws(EventLogError) -> Receipt {
        var receipt: Receipt?
        try forEachFrame([frame]) { (reader, _, all) throws(FrameFault) in
            var revisions: [Revision] = []
            try reader.forEachRecord(all) { record, _ in
                if case .event(let event) = record { revisions.append(event.revision) }
            }
            receipt = Receipt(
                firstPosition: reader.header.firstPosition,
                eventCount: revisions.count,
                revisions: revisions,
                time: reader.header.time,
                wasKnown: true
            )
        }
        guard let receipt else { preconditionFailure("one frame was asked for, and none came") }
        return receipt
    }

    /// Where a log ended when a frame was its newest.
    func end(behind frame: FrameRef) throws(EventLogError) -> LogEnd {
        var end = LogEnd()
        try forEachFrame([frame]) { reader, _, _ in
            end = LogEnd(
                lastPosition: reader.header.firstPosition + Position(reader.header.eventCount) - 1,
                chain: reader.checksum,
                time: reader.header.time
            )
        }
        return end
    }

    /// The marks at the end of some parts: those that the newest whole index file of them keeps, and what the
    /// frames behind it say.
    func marks(of parts: [any IndexPart], symbols: SymbolTable) throws(EventLogError) -> MarkTable {
        var table = MarkTable()
        var first = 0
        if let newest = parts.lastIndex(where: { $0 is SealedPart }), let part = parts[newest] as? SealedPart
        {
            table = MarkTable(try part.marks(), symbols)
            first = newest + 1
        }
        for part in parts[first...] {
            for start in stride(from: 0, to: part.frameCount, by: Self.framesAtOnce) {
                let numbers = start..<min(start + Self.framesAtOnce, part.frameCount)
                let frames = try numbers.map { number throws(EventLogError) in try part.frame(number) }
                try forEachFrame(frames) { (reader, _, all) throws(FrameFault) in
                    try reader.forEachRecord(all) { record, _ in
                        if case .mark(let processor, let lane, _, let to) = record {
                            table.stage(processor, lane, to)
                        }
                    }
                }
            }
        }
        table.publish()
        return table
    }

    /// How many frames are listed at once on a walk over all of a part.
    private static let framesAtOnce = 4_096

    /// Loads frames, checks those that come from a disk, and hands each one out.
    private func forEachFrame(
        _ frames: [FrameRef],
        _ visit: (FrameReader, FrameBytes, UnsafeRawBufferPointer) throws(FrameFault) -> Void
    ) throws(EventLogError) {
        var rest = frames[...]
        while !rest.isEmpty {
            let loaded = try source.load(rest)
            let bytes = loaded.bytes
            for frame in rest.prefix(loaded.count) {
                do throws(FrameFault) {
                    try bytes.bytes.withRawBytes { all throws(FrameFault) in
                        let offset = Int(frame.address - loaded.address)
                        let reader = try FrameReader(all, at: offset, seed: seed)
                        guard reader.header.firstPosition == frame.firstPosition else {
                            throw FrameFault("another frame stands here than the one that was written")
                        }
                        if loaded.isFromDisk { try reader.verify(all) }
                        try visit(reader, bytes, all)
                    }
                } catch {
                    let place = source.place(of: frame.address)
                    throw .damaged(file: place.file, offset: place.offset, reason: error.reason)
                }
            }
            rest = rest.dropFirst(loaded.count)
        }
    }
}

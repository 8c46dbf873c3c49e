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
        let plan = index.withIndex { $0.plan(request) }
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
        guard let known = index.withIndex({ $0.frame(ofKey: key) }), known.isVisible else { return nil }
        return try receipt(of: known.frame)
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
                        guard reader.header.firstPosition == Position(frame.firstOrdinal) + 1 else {
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

/// The beginning of another part, as far as some event: where a fork leaves its base.
struct PartialPart: IndexPart {
    private let whole: any IndexPart
    let eventCount: UInt32
    let frameCount: Int

    /// The first frames of a part, and the events in them.
    init(_ whole: any IndexPart, events: UInt32, frames: Int) {
        self.whole = whole
        eventCount = events
        frameCount = frames
    }

    var base: Position { whole.base }

    func find(_ key: IndexKey) throws(EventLogError) -> KeyPostings? {
        guard let found = try whole.find(key) else { return nil }
        let end = key.kind == .idempotency ? UInt32(frameCount) : eventCount
        let kept = found.ordinals.lowerBound(end)
        guard kept > 0 else { return nil }
        return KeyPostings(
            firstRevision: found.firstRevision,
            ordinals: UnsafeBufferPointer(rebasing: found.ordinals[..<kept])
        )
    }

    func frame(_ number: Int) throws(EventLogError) -> FrameRef {
        try whole.frame(number)
    }

    func frameNumber(holding ordinal: UInt32) throws(EventLogError) -> Int {
        min(try whole.frameNumber(holding: ordinal), frameCount - 1)
    }
}

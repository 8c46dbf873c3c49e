/// Holds an index file against the segments that it covers, one after another: the index of each is built
/// from its frames, and everything that it knows must stand in the file, and nothing else.
///
/// So memory holds the index of one segment, however many the file covers. Called by `LogVerifier`.
struct IndexComparison {
    let part: SealedPart
    /// The number of the segment that comes next.
    private var nextSegment: UInt64
    private var address: UInt64
    private var events: UInt32 = 0
    private var frames = 0
    /// Postings of the segments so far, each of which was found in the file.
    private var postings = 0

    init(_ part: SealedPart) {
        self.part = part
        nextSegment = part.header.stretch.firstSegment
        address = part.header.stretch.startAddress
    }

    /// Whether the file covers a segment.
    func covers(_ segment: UInt64) -> Bool {
        let stretch = part.header.stretch
        return segment >= stretch.firstSegment
            && segment < stretch.firstSegment + UInt64(stretch.segmentCount)
    }

    /// Whether all segments that the file covers were compared.
    var isComplete: Bool {
        let stretch = part.header.stretch
        return nextSegment == stretch.firstSegment + UInt64(stretch.segmentCount)
    }

    /// The file, as far as it was compared; nil before the first segment.
    var compared: (any IndexPart)? {
        if isComplete { return part }
        return frames == 0 ? nil : PartialPart(part, events: events, frames: frames)
    }

    /// Compares the next segment.
    ///
    /// - Returns: what isn't the same; nil when all is.
    /// - Throws: `EventLogError.damaged` when the file can't be read.
    mutating func compare(_ ended: IndexSealer.Ended) throws(EventLogError) -> String? {
        let index = ended.index
        guard nextSegment == ended.header.number, address == ended.header.address,
            index.base == part.base + Position(events)
        else { return "it doesn't begin where segment \(ended.header.number) does" }
        guard UInt64(events) + UInt64(index.eventCount) <= UInt64(part.eventCount),
            frames + index.frameCount <= part.frameCount
        else { return "it knows less than the segments hold" }
        if let difference = try compareFrames(index) { return difference }
        if let difference = try compareKeys(index) { return difference }
        nextSegment += 1
        address = ended.stretch.endAddress
        events += index.eventCount
        frames += index.frameCount
        return isComplete ? try compareTotals(ended) : nil
    }

    private func compareFrames(_ index: SegmentIndex) throws(EventLogError) -> String? {
        for number in 0..<index.frameCount where try part.frame(frames + number) != index.frame(number) {
            return "frame \(frames + number) stands elsewhere in the segment"
        }
        return nil
    }

    private mutating func compareKeys(_ index: SegmentIndex) throws(EventLogError) -> String? {
        for number in 0..<index.keys.count {
            let bytes = UnsafeRawBufferPointer(index.keys.kindAndName(number))
            guard let kind = KeyKind(rawValue: bytes[0]) else { preconditionFailure("a key has a kind") }
            let name = UnsafeRawBufferPointer(rebasing: bytes[1...])
            let known = index.keys.postings(of: number)
            guard let found = try part.find(IndexKey(kind, name, seed: part.seed)) else {
                return "it doesn't know the \(kind) \(Self.text(name))"
            }
            let isFrame = kind == .idempotency
            let base = isFrame ? UInt32(frames) : events
            let count = isFrame ? UInt32(index.frameCount) : index.eventCount
            let low = found.ordinals.lowerBound(base)
            let high = found.ordinals.lowerBound(base + count)
            guard high - low == known.count,
                zip(found.ordinals[low..<high], known).allSatisfy({ $0 == $1 + base }),
                kind != .stream
                    || index.keys.records[number].firstRevision == found.firstRevision + Revision(low)
            else { return "it has other events of the \(kind) \(Self.text(name))" }
            postings += known.count
        }
        return nil
    }

    private static func text(_ name: UnsafeRawBufferPointer) -> String {
        String(decoding: name, as: UTF8.self).debugDescription
    }

    /// At the end of the stretch, nothing may be left over.
    private func compareTotals(_ last: IndexSealer.Ended) throws(EventLogError) -> String? {
        guard postings == Int(part.header.totals.postings), events == part.eventCount,
            frames == part.frameCount
        else { return "it knows of events that the segments don't hold" }
        guard address == part.header.stretch.endAddress else {
            return "it ends elsewhere than its newest segment"
        }
        return try part.marks() == last.marks ? nil : "it has other marks"
    }
}

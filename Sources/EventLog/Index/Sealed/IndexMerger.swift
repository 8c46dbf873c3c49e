/// Makes one index file of those of neighbouring stretches, so that a look-up in a long log has few to ask.
///
/// The keys of every file are sorted, so the files are read side by side, twice: to count, and to write. What
/// is held doesn't grow with them. The result is what one index of the whole stretch would be, byte for byte:
/// ordinals and frame numbers go on from part to part, a stream's first revision is that of its oldest part,
/// an idempotency key is that of its oldest frame, the marks are the newest part's.
struct IndexMerger {
    /// Ordinals, frame numbers, and the places of names and postings are stored in 32 bits, and addresses in
    /// 32 bits of eight bytes each: 32 GiB of log.
    static let storedMax = UInt64(UInt32.max)

    private let parts: [SealedPart]
    private let identity: LogIdentity

    /// A merger of parts that follow one another, oldest first; nil when one file couldn't hold them.
    ///
    /// Judged by the sums, without a look at the keys: names that several parts share count several times,
    /// so a merge may be refused that would just have fitted.
    init?(_ parts: [SealedPart], identity: LogIdentity) {
        guard let oldest = parts.first, let newest = parts.last else { return nil }
        for (part, next) in zip(parts, parts.dropFirst()) {
            precondition(
                next.base == part.base + Position(part.eventCount)
                    && next.header.stretch.startAddress == part.header.stretch.endAddress
                    && next.header.stretch.firstSegment
                        == part.header.stretch.firstSegment + UInt64(part.header.stretch.segmentCount),
                "only neighbours are merged"
            )
        }
        func fits(_ size: KeyPath<IndexTotals, UInt32>) -> Bool {
            parts.reduce(0) { $0 + UInt64($1.header.totals[keyPath: size]) } <= Self.storedMax
        }
        let sizes: [KeyPath<IndexTotals, UInt32>] = [\.events, \.frames, \.keys, \.postings, \.nameBytes]
        let bytes = newest.header.stretch.endAddress - oldest.header.stretch.startAddress
        guard bytes / 8 <= Self.storedMax, sizes.allSatisfy(fits) else { return nil }
        self.parts = parts
        self.identity = identity
    }

    /// Writes the one file, and makes it durable under its path.
    ///
    /// - Throws: `EventLogError.damaged` when one of the parts is.
    func write(to path: String, files: any FileSystem) throws(EventLogError) {
        guard let oldest = parts.first, let newest = parts.last else { return }
        let marks = try newest.bytes.slice(newest.layout.marks)
        var stretch = oldest.header.stretch
        stretch.endAddress = newest.header.stretch.endAddress
        stretch.segmentCount = parts.reduce(0) { $0 + $1.header.stretch.segmentCount }
        let totals = try count(markBytes: marks.count)
        let header = IndexFileHeader(identity: identity, stretch: stretch, base: oldest.base, totals: totals)
        try IndexFileWriter.write(header, marks: marks, to: path, files: files) {
            (writer: inout IndexFileWriter) throws(EventLogError) in
            try writeKeys(to: &writer)
            for part in parts {
                for number in 0..<part.frameCount { try writer.put(part.frame(number)) }
            }
        }
    }

    private func count(markBytes: Int) throws(EventLogError) -> IndexTotals {
        var totals = IndexTotals(markBytes: UInt32(markBytes))
        for part in parts {
            totals.events += part.header.totals.events
            totals.frames += part.header.totals.frames
        }
        var keys = try KeyMerge(parts)
        while let key = try keys.next() {
            totals.keys += 1
            totals.nameBytes += UInt32(key.kindAndName.count)
            totals.postings += keys.holders.reduce(0) { $0 + UInt32(keys.key(of: $1).postings.count) }
        }
        return totals
    }

    private func writeKeys(to writer: inout IndexFileWriter) throws(EventLogError) {
        var eventsBefore: [UInt32] = []
        var framesBefore: [UInt32] = []
        var sum = IndexTotals()
        for part in parts {
            eventsBefore.append(sum.events)
            framesBefore.append(sum.frames)
            sum.events += part.header.totals.events
            sum.frames += part.header.totals.frames
        }
        var keys = try KeyMerge(parts)
        while let key = try keys.next() {
            try writer.put(hash: key.hash, kindAndName: key.kindAndName, firstRevision: key.firstRevision)
            for part in keys.holders {
                try writer.put(
                    parts[part].postings(of: keys.key(of: part)),
                    increasedBy: key.isIdempotency ? framesBefore[part] : eventsBefore[part]
                )
            }
        }
    }
}

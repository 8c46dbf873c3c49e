/// Writes the index of a segment that has ended to its file.
enum IndexFile {
    /// Writes an index from memory, sorted, and makes it durable under its path.
    ///
    /// The index was made with the seed of the identity; the marks are how far every lane of every processor
    /// is at the end of the stretch.
    static func write(
        _ index: SegmentIndex,
        covering stretch: IndexStretch,
        marks: NamedMarks,
        identity: LogIdentity,
        to path: String,
        files: any FileSystem
    ) throws(EventLogError) {
        let keys = index.keys
        let sorted = order(of: keys, seed: identity.indexSeed)
        let marks = IndexMarks.encoded(marks)
        let totals = IndexTotals(
            events: index.eventCount,
            frames: UInt32(index.frameCount),
            keys: UInt32(sorted.count),
            postings: UInt32(sorted.reduce(0) { $0 + Int(keys.records[Int($1.number)].count) }),
            nameBytes: UInt32(sorted.reduce(0) { $0 + keys.kindAndName(Int($1.number)).count }),
            markBytes: UInt32(marks.count)
        )
        let header = IndexFileHeader(identity: identity, stretch: stretch, base: index.base, totals: totals)
        try marks.withRawBytes { marks throws(EventLogError) in
            try IndexFileWriter.write(header, marks: marks, to: path, files: files) {
                (writer: inout IndexFileWriter) throws(EventLogError) in
                for key in sorted {
                    let number = Int(key.number)
                    try writer.put(
                        hash: key.hash,
                        kindAndName: UnsafeRawBufferPointer(keys.kindAndName(number)),
                        firstRevision: keys.records[number].firstRevision
                    )
                    try writer.put(keys.postings(of: number), increasedBy: 0)
                }
                for number in 0..<index.frameCount { try writer.put(index.frame(number)) }
            }
        }
    }

    private struct SortedKey {
        let hash: UInt64
        let number: UInt32
    }

    /// The keys in the order of the file.
    private static func order(of keys: KeyTable, seed: UInt64) -> [SortedKey] {
        var sorted: [SortedKey] = []
        sorted.reserveCapacity(keys.count)
        // A stream that was opened for a frame which then was refused has no postings, and isn't written.
        for number in 0..<keys.count where keys.records[number].count > 0 {
            let bytes = UnsafeRawBufferPointer(keys.kindAndName(number))
            guard let kind = KeyKind(rawValue: bytes[0]) else { preconditionFailure("a key has a kind") }
            let key = IndexKey(kind, UnsafeRawBufferPointer(rebasing: bytes[1...]), seed: seed)
            sorted.append(SortedKey(hash: key.hash, number: UInt32(number)))
        }
        sorted.sort { left, right in
            if left.hash != right.hash { return left.hash < right.hash }
            let name = UnsafeRawBufferPointer(keys.kindAndName(Int(left.number)))
            return name.isBefore(UnsafeRawBufferPointer(keys.kindAndName(Int(right.number))))
        }
        return sorted
    }
}

/// How much an index file holds of everything; its size and the places of its sections follow from it.
struct IndexTotals: Equatable, Sendable {
    var events: UInt32 = 0
    var frames: UInt32 = 0
    var keys: UInt32 = 0
    var postings: UInt32 = 0
    /// Of all kinds and names.
    var nameBytes: UInt32 = 0
    var markBytes: UInt32 = 0
}

/// Where the sections of an index file are: the layout that `IndexFormat.md` writes down.
///
/// A function of the totals alone, so that a writer knows every place before it begins, and a reader can hold
/// what the header says against it. Called by `IndexFileHeader`, the writer and the reader.
struct IndexFileLayout: Equatable, Sendable {
    /// Sections begin at a cache line: a probe of the filter touches one, and every number is aligned.
    static let alignment = 64
    /// Hash, first revision, and where its name and its postings begin.
    static let keySize = 24
    /// First ordinal, address and length.
    static let frameSize = 12
    /// What one checksum covers.
    static let blockSize = 1 << 16
    /// One checksum.
    static let checksumSize = 4

    let filter: Range<Int>
    let keys: Range<Int>
    let postings: Range<Int>
    let frames: Range<Int>
    let names: Range<Int>
    let marks: Range<Int>
    /// A checksum for each block of all that stands before.
    let checksums: Range<Int>

    init(_ totals: IndexTotals) {
        var end = IndexFileHeader.size
        func section(_ size: Int) -> Range<Int> {
            let start = (end + Self.alignment - 1) / Self.alignment * Self.alignment
            end = start + size
            return start..<end
        }
        filter = section(BloomFilter.blockCount(keys: Int(totals.keys)) * BloomFilter.blockSize)
        // One more, which says where the last key's name and postings end.
        keys = section((Int(totals.keys) + 1) * Self.keySize)
        postings = section(Int(totals.postings) * MemoryLayout<UInt32>.size)
        frames = section(Int(totals.frames) * Self.frameSize)
        names = section(Int(totals.nameBytes))
        marks = section(Int(totals.markBytes))
        let covered = section(0).lowerBound
        let blocks = (covered + Self.blockSize - 1) / Self.blockSize
        checksums = covered..<covered + blocks * Self.checksumSize
    }

    /// The length of the file: behind the checksums stands the checksum of them.
    var size: Int { checksums.upperBound + Self.checksumSize }

    /// The sections that the header names, in their order.
    var sections: [Range<Int>] { [filter, keys, postings, frames, names, marks, checksums] }
}

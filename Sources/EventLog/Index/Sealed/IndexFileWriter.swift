/// Writes an index file in one pass: keys in order, each with its postings, and frames in order.
///
/// The totals are known before, so every section has its place, and is written from front to back through a
/// buffer of its own: what the writer holds doesn't grow with the file. The file is a function of what is
/// put, byte for byte. It gets its name when it is whole and flushed; one that fails is taken away.
///
/// Invariants: keys come in the order of (hash, kind and name), and what comes is what the header counts.
/// Called by `IndexFile` and `IndexMerger`.
struct IndexFileWriter: ~Copyable {
    private let file: any File
    private let header: IndexFileHeader
    private let layout: IndexFileLayout
    private let filter: SectionBuffer
    private let keys: SectionBuffer
    private let postings: SectionBuffer
    private let frames: SectionBuffer
    private let names: SectionBuffer

    /// The filter's block that the newest key is in.
    private var block = BloomFilter.Block()
    private var blockNumber = 0
    private var blockCount: Int
    private var nameBytes: UInt32 = 0
    private var postingCount: UInt32 = 0

    /// Writes a file, puts it in place of what the path names, and makes that durable; `fill` puts the keys
    /// and the frames.
    static func write(
        _ header: IndexFileHeader,
        marks: UnsafeRawBufferPointer,
        to path: String,
        files: any FileSystem,
        _ fill: (inout IndexFileWriter) throws(EventLogError) -> Void
    ) throws(EventLogError) {
        let unfinished = path + files.unfinishedSuffix
        do throws(EventLogError) {
            var writer = try IndexFileWriter(header, file: files.open(unfinished, .create))
            try fill(&writer)
            try writer.finish(marks)
            try files.rename(unfinished, to: path)
        } catch {
            // The first failure is the one to report; what is left lying is removed when the log opens next.
            try? files.remove(unfinished)
            throw error
        }
        try files.flushFolder(FilePath.parent(of: path))
    }

    private init(_ header: IndexFileHeader, file: any File) throws(EventLogError) {
        self.header = header
        self.file = file
        layout = IndexFileLayout(header.totals)
        blockCount = layout.filter.count / BloomFilter.blockSize
        // A full disk is met here, and not in the middle.
        try file.allocate(upTo: layout.size)
        filter = SectionBuffer(layout.filter, of: file)
        keys = SectionBuffer(layout.keys, of: file)
        postings = SectionBuffer(layout.postings, of: file)
        frames = SectionBuffer(layout.frames, of: file)
        names = SectionBuffer(layout.names, of: file)
    }

    /// Puts the next key; its postings follow.
    mutating func put(
        hash: UInt64,
        kindAndName: UnsafeRawBufferPointer,
        firstRevision: Revision
    ) throws(EventLogError) {
        let block = BloomFilter.block(of: hash, among: blockCount)
        precondition(block >= blockNumber, "keys come in the order of their hashes")
        while blockNumber < block { try endBlock() }
        self.block.insert(hash)
        try putEntry(hash, firstRevision)
        try names.put(kindAndName)
        nameBytes += UInt32(kindAndName.count)
    }

    private func putEntry(_ hash: UInt64, _ firstRevision: Revision) throws(EventLogError) {
        try keys.put(hash)
        try keys.put(firstRevision)
        try keys.put(nameBytes)
        try keys.put(postingCount)
    }

    private mutating func endBlock() throws(EventLogError) {
        for word in block.words { try filter.put(word) }
        block.clear()
        blockNumber += 1
    }

    /// Puts postings of the newest key, behind those that it has.
    mutating func put(
        _ ordinals: UnsafeBufferPointer<UInt32>,
        increasedBy added: UInt32
    ) throws(EventLogError) {
        try postings.put(ordinals, increasedBy: added)
        postingCount += UInt32(ordinals.count)
    }

    /// Puts the next frame.
    mutating func put(_ frame: FrameRef) throws(EventLogError) {
        let start = header.stretch.startAddress
        precondition(
            frame.address >= start && (frame.address - start) % 8 == 0 && frame.length % 8 == 0,
            "frames are whole multiples of eight bytes, in the stretch"
        )
        try frames.put(UInt32(frame.firstPosition - header.base - 1))
        try frames.put(UInt32((frame.address - start) / 8))
        try frames.put(frame.length / 8)
    }

    private mutating func finish(_ marks: UnsafeRawBufferPointer) throws(EventLogError) {
        while blockNumber < blockCount { try endBlock() }
        // Behind all others: where the last key's name and postings end.
        try putEntry(.max, 0)
        for section in [filter, keys, postings, frames, names] { try section.finish() }
        try file.write(marks, at: layout.marks.lowerBound)
        try file.write(header.encoded()[...], at: 0)
        try putChecksums()
        try file.flush()
    }

    /// Reads back what was written, and puts the checksums of its blocks behind it.
    ///
    /// A block may hold parts of several sections, which were written side by side, so no checksum could be
    /// taken on the way. The bytes come from the system's cache.
    private func putChecksums() throws(EventLogError) {
        let table = SectionBuffer(layout.checksums.lowerBound..<layout.size, of: file)
        var ofTable = header.encoded().withRawBytes { IndexFileHeader.checksum(of: $0) }
        let covered = layout.checksums.lowerBound
        for start in stride(from: 0, to: covered, by: IndexFileLayout.blockSize) {
            let bytes = try file.read(min(IndexFileLayout.blockSize, covered - start), at: start)
            let checksum = bytes.withRawBytes { Checksum.extend(over: $0) }
            try table.put(checksum)
            ofTable = withUnsafeBytes(of: checksum.littleEndian) { Checksum.extend(ofTable, over: $0) }
        }
        try table.put(ofTable)
        try table.finish()
    }
}

/// The index files beside the segments: their names, and what is done with them.
///
///     00000000000000000001.idx                         the segment that begins with position 1
///     00000000000000000001-00000000000003417203.idx    from that one to the one that ends with 3417203
///
/// Called by `IndexSealer` and, at opening, by `Recovery`.
struct IndexFolder: Sendable {
    let path: String
    let identity: LogIdentity
    let options: DiskLogOptions
    private var files: any FileSystem { options.fileSystem }

    static let suffix = ".idx"

    /// Segments that one file covers at most.
    ///
    /// 8 GiB of segments: a look-up in a log of a hundred million events asks about a dozen files, and no
    /// merge takes the disk for more than some seconds.
    private static let segmentsMax: UInt32 = 64

    /// Whether a path is that of an index file here.
    func isIndex(_ file: String) -> Bool {
        file.hasSuffix(Self.suffix) && file.hasPrefix(path + "/")
    }

    // MARK: Writing

    /// Writes the list of segments, which stands in the folder above.
    func write(_ manifest: Manifest) throws(EventLogError) {
        try files.replace(FilePath.parent(of: path) + "/" + Manifest.fileName, with: manifest.encoded())
    }

    /// Writes the index of an ended segment to its file.
    func write(_ ended: IndexSealer.Ended) throws(EventLogError) -> SealedPart {
        let file = path + "/" + Segment.paddedName(ended.index.base + 1) + Self.suffix
        try IndexFile.write(
            ended.index,
            covering: ended.stretch,
            marks: ended.marks,
            identity: identity,
            to: file,
            files: files
        )
        return try SealedPart(file, identity: identity, files: files)
    }

    /// Takes an index file's name away; who reads it goes on.
    func remove(_ part: SealedPart) throws(EventLogError) {
        try files.remove(part.path)
    }

    // MARK: Merging

    /// The newest files of one size, when there are enough of them to become one.
    func partsToMerge(_ parts: [any IndexPart]) -> [SealedPart]? {
        let sealed = parts.prefix { $0 is SealedPart }.compactMap { $0 as? SealedPart }
        guard let newest = sealed.last else { return nil }
        let count = newest.header.stretch.segmentCount
        let run = sealed.reversed().prefix { $0.header.stretch.segmentCount == count }
        guard run.count >= options.indexMergeCount,
            count * UInt32(options.indexMergeCount) <= Self.segmentsMax
        else { return nil }
        return run.prefix(options.indexMergeCount).reversed()
    }

    /// Makes one file of neighbouring ones; nil when its numbers couldn't hold them.
    func merge(_ parts: [SealedPart]) throws(EventLogError) -> SealedPart? {
        guard let merger = IndexMerger(parts, identity: identity), let first = parts.first,
            let last = parts.last
        else { return nil }
        let name = Segment.paddedName(first.base + 1) + "-" + Segment.paddedName(last.end)
        let file = path + "/" + name + Self.suffix
        try merger.write(to: file, files: files)
        return try SealedPart(file, identity: identity, files: files)
    }

    // MARK: Building again

    /// Builds the index of the segments that a damaged file covers.
    func rebuild(
        _ damaged: SealedPart,
        behind older: [any IndexPart]
    ) throws(EventLogError) -> [any IndexPart] {
        let stretch = damaged.header.stretch
        var parts = older
        var marks: NamedMarks = [:]
        if let last = older.last {
            guard let last = last as? SealedPart else {
                // Its marks are known to nobody but its frames; opening the log reads those.
                throw .damaged(file: damaged.path, offset: 0, reason: "start again to have it built again")
            }
            marks = try last.marks()
        }
        var next = Segment.fileName(firstPosition: damaged.base + 1)
        for number in stretch.firstSegment..<stretch.firstSegment + UInt64(stretch.segmentCount) {
            let ended = try scan(path + "/" + next, number: number, behind: parts, marks: marks)
            marks = ended.marks
            parts.append(try write(ended))
            next = Segment.fileName(firstPosition: ended.index.end + 1)
        }
        let new = Array(parts[older.count...])
        let files = new.compactMap { $0 as? SealedPart }
        // One file again, under the damaged one's name; its neighbours would never be merged past eight.
        guard stretch.segmentCount > 1, let merged = try merge(files) else { return new }
        for part in files { try remove(part) }
        return [merged]
    }

    private func scan(
        _ path: String,
        number: UInt64,
        behind parts: [any IndexPart],
        marks: NamedMarks
    ) throws(EventLogError) -> IndexSealer.Ended {
        let segment = try Segment.open(path, .read, files)
        guard segment.header.number == number, segment.header.identity == identity else {
            throw .damaged(file: path, offset: 0, reason: "another segment stands here")
        }
        var replay = LogReplay(segment.header, behind: parts, marks: marks)
        var scanner = try SegmentScanner(segment.file, seed: Checksum.seed(of: identity.id))
        var offset = segment.firstFrame
        switch try replay.walk(&scanner, from: &offset, address: segment.address) {
        case .sealed: return replay.endPart(of: segment.header, length: offset)
        case .endOfFile: throw .damaged(file: path, offset: offset, reason: "the segment has no end")
        case .fault(let fault), .disorder(let fault):
            throw .damaged(file: path, offset: offset, reason: fault.reason)
        }
    }
}

extension LogReplay {
    /// Ends the part of the index that a segment filled.
    mutating func endPart(of segment: SegmentHeader, length: Int) -> IndexSealer.Ended {
        let marks = index.marks.named(by: index.symbols.names)
        return IndexSealer.Ended(
            header: segment,
            index: endPart(),
            marks: marks,
            stretch: IndexStretch(
                firstSegment: segment.number,
                segmentCount: 1,
                startAddress: segment.address,
                endAddress: segment.address + UInt64(length)
            )
        )
    }
}

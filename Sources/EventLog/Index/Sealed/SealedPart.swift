/// The index of one or more segments in a file: what `SegmentIndex` is for a segment that is written, for
/// those that never change again.
///
/// The file is mapped, and stays so as long as this object lives, also when its name is taken away meanwhile.
/// What is lent out (`KeyPostings`) lies in the mapping. Every number of the file is held against what the
/// file can hold before it leads anywhere, beside the checksums, so that a fault of the writer isn't followed
/// out of the file. The layout is written down in `IndexFormat.md`.
final class SealedPart: IndexPart {
    let header: IndexFileHeader
    let layout: IndexFileLayout
    let bytes: CheckedBytes
    /// Of the log, for `verify`.
    let seed: UInt64
    private let filterBlocks: Int

    /// Opens an index file of a log.
    ///
    /// - Throws: `EventLogError.damaged` for a file of another log, seed or version, and for one whose length
    ///   or checksums are wrong; whoever called builds it again.
    init(_ path: String, identity: LogIdentity, files: any FileSystem) throws(EventLogError) {
        precondition(
            UInt32(littleEndian: 1) == 1,
            "postings are lent out as they stand in the file, which is little-endian"
        )
        let mapped = try files.open(path, .read).map()
        do throws(FrameFault) {
            header = try IndexFileHeader(mapped.bytes)
            layout = IndexFileLayout(header.totals)
            guard header.log == identity.id else { throw FrameFault("it is the index of another log") }
            guard header.seedCheck == IndexFileHeader.seedCheck(of: identity.indexSeed) else {
                throw FrameFault("it was made with another seed")
            }
            guard mapped.bytes.count == layout.size else {
                throw FrameFault("it is \(mapped.bytes.count) bytes long and says that it is \(layout.size)")
            }
        } catch {
            throw .damaged(file: path, offset: 0, reason: error.reason)
        }
        bytes = try CheckedBytes(
            mapped,
            path: path,
            checksums: layout.checksums,
            headerChecksum: IndexFileHeader.checksum(of: mapped.bytes)
        )
        seed = identity.indexSeed
        filterBlocks = layout.filter.count / BloomFilter.blockSize
    }

    /// Where it was opened.
    var path: String { bytes.path }

    var base: Position { header.base }
    var eventCount: UInt32 { header.totals.events }
    var frameCount: Int { Int(header.totals.frames) }
    var keyCount: Int { Int(header.totals.keys) }

    // MARK: Keys

    func find(_ key: IndexKey) throws(EventLogError) -> KeyPostings? {
        guard try mayHold(key.hash) else { return nil }
        var number = try firstKey(notBelow: key.hash)
        // Nearly always one; names of one hash stand side by side.
        while number < keyCount {
            let found = try self.key(number)
            guard found.hash == key.hash else { return nil }
            let stored = try kindAndName(of: found)
            if stored[0] == key.kind.rawValue,
                UnsafeRawBufferPointer(rebasing: stored[1...]).isSame(as: key.name)
            {
                return KeyPostings(firstRevision: found.firstRevision, ordinals: try postings(of: found))
            }
            number += 1
        }
        return nil
    }

    /// Calls with every key of a kind, in the order of the hashes: name, number of postings, first revision.
    ///
    /// Looks at all keys of the file; names are borrowed for the call.
    func forEachKey(
        of kind: KeyKind,
        _ visit: (UnsafeRawBufferPointer, Int, Revision) -> Void
    ) throws(EventLogError) {
        for number in 0..<keyCount {
            let key = try key(number)
            let stored = try kindAndName(of: key)
            guard stored[0] == kind.rawValue else { continue }
            visit(UnsafeRawBufferPointer(rebasing: stored[1...]), key.postings.count, key.firstRevision)
        }
    }

    /// False when no key of the file has the hash.
    @inline(__always)
    func mayHold(_ hash: UInt64) throws(EventLogError) -> Bool {
        let place =
            layout.filter.lowerBound
            + BloomFilter.block(of: hash, among: filterBlocks) * BloomFilter.blockSize
        return BloomFilter.mayHold(hash, in: try bytes.slice(place..<place + BloomFilter.blockSize))
    }

    @inline(__always)
    private func hash(ofKey number: Int) throws(EventLogError) -> UInt64 {
        try bytes.load(layout.keys.lowerBound + number * IndexFileLayout.keySize, as: UInt64.self)
    }

    /// The first key whose hash isn't less.
    ///
    /// Hashes are spread evenly, so the place of one can be computed, and is off by a few hundred keys among
    /// 300 000; from the hash found there, once more, by a dozen.
    private func firstKey(notBelow hash: UInt64) throws(EventLogError) -> Int {
        guard keyCount > 0 else { return 0 }
        let count = UInt64(keyCount)
        var guess = Int(hash.multipliedFullWidth(by: count).high)
        for _ in 0..<2 {
            let there = try self.hash(ofKey: guess)
            let distance = there < hash ? hash - there : there - hash
            let keys = Int(distance.multipliedFullWidth(by: count).high)
            if keys == 0 { break }
            guess = there < hash ? min(guess + keys, keyCount - 1) : max(guess - keys, 0)
        }
        return try SearchNear.firstIndex(of: keyCount, near: guess) { (number) throws(EventLogError) in
            try self.hash(ofKey: number) < hash
        }
    }

    // MARK: Frames

    func frame(_ number: Int) throws(EventLogError) -> FrameRef {
        guard number >= 0, number < frameCount else {
            throw bytes.damage(at: layout.frames.lowerBound, "it has no frame \(number)")
        }
        let place = layout.frames.lowerBound + number * IndexFileLayout.frameSize
        let firstOrdinal = try bytes.load(place, as: UInt32.self)
        let address = UInt64(try bytes.load(place + 4, as: UInt32.self)) * 8
        let eighths = UInt64(try bytes.load(place + 8, as: UInt32.self))
        guard let length = UInt32(exactly: eighths * 8),
            address + UInt64(length) <= header.stretch.endAddress - header.stretch.startAddress
        else {
            throw bytes.damage(at: place, "frame \(number) ends behind its segments")
        }
        return FrameRef(
            address: header.stretch.startAddress + address,
            firstPosition: base + 1 + Position(firstOrdinal),
            length: length
        )
    }

    func frameNumber(holding ordinal: UInt32) throws(EventLogError) -> Int {
        guard ordinal < eventCount, frameCount > 0 else {
            throw bytes.damage(at: layout.frames.lowerBound, "it has no event \(ordinal)")
        }
        // Frames mostly hold about the same number of events.
        let guess = Int(UInt64(ordinal) * UInt64(frameCount) / UInt64(eventCount))
        let behind = try SearchNear.firstIndex(of: frameCount, near: guess) {
            (number) throws(EventLogError) in
            let place = layout.frames.lowerBound + number * IndexFileLayout.frameSize
            return try bytes.load(place, as: UInt32.self) <= ordinal
        }
        guard behind > 0 else {
            throw bytes.damage(at: layout.frames.lowerBound, "its first frame isn't that of its first event")
        }
        return behind - 1
    }

    // MARK: Marks

    /// How far every lane of every processor was at the end of the stretch.
    func marks() throws(EventLogError) -> NamedMarks {
        let stored = try bytes.slice(layout.marks)
        do throws(FrameFault) {
            return try IndexMarks.decoded(stored)
        } catch {
            throw bytes.damage(at: layout.marks.lowerBound, error.reason)
        }
    }
}

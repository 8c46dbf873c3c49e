import Synchronization

/// The bytes of a mapped index file, each block held against its checksum before anything of it is used.
///
/// Opening reads the header and the table of checksums; a block is read at its first touch, and every touch
/// behind that costs a look at one bit. Two readers may check one block at the same time, and find the same.
///
/// Invariant: no byte before the table leaves here unless its block has passed, but for the header, which has
/// a checksum of its own. Called by `SealedPart`.
///
/// @unchecked Sendable is true because the bits are atomic, and nothing else changes.
final class CheckedBytes: @unchecked Sendable {
    private static let shift = IndexFileLayout.blockSize.trailingZeroBitCount

    let path: String
    private let mapped: MappedBytes
    private let checksums: Range<Int>
    /// A bit for each block that has passed; `relaxed`, because it vouches for bytes that nobody writes.
    private let passed: UnsafeMutablePointer<Atomic<UInt64>>
    private let wordCount: Int

    /// Reads the table; its checksum goes on from that of the header, so that the table of another file isn't
    /// taken for this one's.
    init(
        _ mapped: MappedBytes,
        path: String,
        checksums: Range<Int>,
        headerChecksum: UInt32
    ) throws(EventLogError) {
        self.path = path
        self.mapped = mapped
        self.checksums = checksums
        wordCount = (checksums.count / IndexFileLayout.checksumSize + 63) / 64
        passed = .allocate(capacity: wordCount)
        for index in 0..<wordCount { (passed + index).initialize(to: Atomic(0)) }
        let table = UnsafeRawBufferPointer(rebasing: mapped.bytes[checksums])
        let stored = mapped.bytes.loadUnaligned(fromByteOffset: checksums.upperBound, as: UInt32.self)
        guard UInt32(littleEndian: stored) == Checksum.extend(headerChecksum, over: table) else {
            throw damage(at: checksums.lowerBound, "the checksums don't match theirs")
        }
    }

    deinit {
        passed.deinitialize(count: wordCount)
        passed.deallocate()
    }

    /// Some bytes; borrowed while this object lives.
    @inline(__always)
    func slice(_ range: Range<Int>) throws(EventLogError) -> UnsafeRawBufferPointer {
        try check(range)
        return UnsafeRawBufferPointer(rebasing: mapped.bytes[range])
    }

    /// A number.
    @inline(__always)
    func load<Value: FixedWidthInteger & BitwiseCopyable>(
        _ offset: Int,
        as type: Value.Type
    ) throws(EventLogError) -> Value {
        try check(offset..<offset + MemoryLayout<Value>.size)
        return Value(littleEndian: mapped.bytes.loadUnaligned(fromByteOffset: offset, as: type))
    }

    /// Sees to it that some bytes are what was written.
    @inline(__always)
    func check(_ range: Range<Int>) throws(EventLogError) {
        precondition(range.lowerBound >= 0 && range.upperBound <= checksums.lowerBound)
        var block = range.lowerBound >> Self.shift
        let end = (range.upperBound + IndexFileLayout.blockSize - 1) >> Self.shift
        while block < end {
            if passed[block >> 6].load(ordering: .relaxed) & (1 << UInt64(block & 63)) == 0 {
                try check(block: block)
            }
            block += 1
        }
    }

    @inline(never)
    private func check(block: Int) throws(EventLogError) {
        let start = block << Self.shift
        let end = min(start + IndexFileLayout.blockSize, checksums.lowerBound)
        let place = checksums.lowerBound + block * IndexFileLayout.checksumSize
        let stored = UInt32(littleEndian: mapped.bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self))
        let bytes = UnsafeRawBufferPointer(rebasing: mapped.bytes[start..<end])
        guard stored == Checksum.extend(over: bytes) else {
            throw damage(at: start, "the block of \(end - start) bytes doesn't match its checksum")
        }
        passed[block >> 6].bitwiseOr(1 << UInt64(block & 63), ordering: .relaxed)
    }

    /// Says where a file isn't as it was written.
    func damage(at offset: Int, _ reason: String) -> EventLogError {
        .damaged(file: path, offset: offset, reason: reason)
    }
}

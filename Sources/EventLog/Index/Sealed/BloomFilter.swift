/// What tells at the price of one cache line that a key isn't in an index file; of the keys that aren't, less
/// than one in a hundred passes.
///
/// Split into blocks of a cache line. The high bits of a key's hash choose its block, so that a writer that
/// is given the keys in the order of their hashes fills one block behind the other, and holds only one. The
/// bits in the block come from the hash mixed once more, because all keys of a block share the high ones.
enum BloomFilter {
    /// A cache line.
    static let blockSize = 64
    /// At 12, one key in 240 that isn't there passes; at 16 it were one in 1000, for a third more memory.
    static let bitsPerKey = 12
    /// Bits that each key sets: times nine bits of place they fit one hash, and more would fill the blocks.
    static let bitsSet = 7

    private static let wordCount = blockSize / MemoryLayout<UInt64>.size

    /// How many blocks there are for so many keys; one at least, so that a look-up needs no special case.
    static func blockCount(keys: Int) -> Int {
        max(1, (keys * bitsPerKey + blockSize * 8 - 1) / (blockSize * 8))
    }

    /// Which of the blocks is a key's.
    @inline(__always)
    static func block(of hash: UInt64, among count: Int) -> Int {
        Int(hash.multipliedFullWidth(by: UInt64(count)).high)
    }

    /// Whether a key may be among those whose block this is.
    @inline(__always)
    static func mayHold(_ hash: UInt64, in block: UnsafeRawBufferPointer) -> Bool {
        var rest = mixed(hash)
        for _ in 0..<bitsSet {
            let place = Int(rest & 511)
            let word = block.load(fromByteOffset: place / 64 * 8, as: UInt64.self)
            if UInt64(littleEndian: word) & (1 << UInt64(place & 63)) == 0 { return false }
            rest >>= 9
        }
        return true
    }

    @inline(__always)
    private static func mixed(_ hash: UInt64) -> UInt64 {
        let product = hash.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }

    /// A block that is being filled.
    struct Block {
        private(set) var words = [UInt64](repeating: 0, count: wordCount)

        mutating func insert(_ hash: UInt64) {
            var rest = mixed(hash)
            for _ in 0..<bitsSet {
                let place = Int(rest & 511)
                words[place >> 6] |= 1 << UInt64(place & 63)
                rest >>= 9
            }
        }

        mutating func clear() {
            for index in words.indices { words[index] = 0 }
        }
    }
}

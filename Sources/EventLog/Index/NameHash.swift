/// A seeded 64-bit hash of short byte strings, in the manner of wyhash (Wang Yi, public domain): each word is
/// multiplied to 128 bits and the two halves are folded together.
///
/// Written here because Swift's `Hasher` costs several times as much on names of 20 bytes, on the path of
/// every event, and gives other values in every process. Index files are sorted by it: whoever changes it
/// raises `IndexFileHeader.version`, and they are built again.
enum NameHash {
    static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
        var state = seed ^ UInt64(bytes.count) &* 0x9E37_79B9_7F4A_7C15
        var offset = 0
        while bytes.count - offset >= 8 {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
            state = fold(state ^ word, 0xA076_1D64_78BD_642F)
            offset += 8
        }
        var tail: UInt64 = 0
        for index in offset..<bytes.count {
            tail = tail << 8 | UInt64(bytes[index])
        }
        return fold(fold(state ^ tail, 0xE703_7ED1_A0B4_28DB), seed | 1)
    }

    @inline(__always)
    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}

extension LogIdentity {
    /// What the hashes of the log's index begin with.
    ///
    /// Drawn with the log and never shown: names come from users, who must not be able to make many of one
    /// hash. The id alone wouldn't do, since derived event ids show it.
    var indexSeed: UInt64 {
        var seed = UInt64(scriptSeed) << 32 | UInt64(scriptSeed)
        seed ^= id.high
        return seed ^ (id.low << 17 | id.low >> 47)
    }
}

/// A seeded 64-bit hash of short byte strings, in the manner of wyhash (Wang Yi, public domain): each word is
/// multiplied to 128 bits and the two halves are folded together.
///
/// Written here because Swift's `Hasher` costs several times as much on names of 20 bytes, on the path of
/// every event. It is never stored, so it may change at any time.
enum NameHash {
    static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
        var state = seed ^ UInt64(bytes.count) &* 0x9E37_79B9_7F4A_7C15
        var offset = 0
        while bytes.count - offset >= 8 {
            let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            state = fold(state ^ word, 0xA076_1D64_78BD_642F)
            offset += 8
        }
        var tail: UInt64 = 0
        for index in offset..<bytes.count {
            tail = tail << 8 | UInt64(bytes[index])
        }
        return fold(fold(state ^ tail, 0xE703_7ED1_A0B4_28DB), seed | 1)
    }

    private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }
}

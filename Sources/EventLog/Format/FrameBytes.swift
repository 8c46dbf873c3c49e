/// The encoded bytes of one or more frames, shared by every event that is read from them.
///
/// At most `LogLimits.readBytesMax` and a frame long, so that ranges into it fit 32 bits.
@usableFromInline
final class FrameBytes: Sendable {
    /// The bytes; never changed after they were filled.
    @usableFromInline
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    @inlinable
    func withBytes<R>(in range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// The names that stand one behind the other in a range, each behind its length in one byte.
    ///
    /// The decoder has walked the range before, so a wrong length here is a fault of ours, and traps.
    func strings(in range: Range<Int>) -> [String] {
        var names: [String] = []
        var offset = range.lowerBound
        while offset < range.upperBound {
            let next = offset + 1 + Int(bytes[offset])
            names.append(String(decoding: bytes[offset + 1..<next], as: UTF8.self))
            offset = next
        }
        return names
    }
}

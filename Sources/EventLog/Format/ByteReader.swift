/// Reads the primitive parts of the format.
///
/// Every length is checked against what is left before it is used, so that no byte of a file, however wrong,
/// leads outside of the frame it stands in.
struct ByteReader {
    private let bytes: UnsafeRawBufferPointer

    /// Where the next byte is read from.
    private(set) var offset: Int

    /// Where reading must stop.
    let end: Int

    /// A reader of a part of some bytes; the part must lie inside them.
    init(_ bytes: UnsafeRawBufferPointer, from offset: Int = 0, to end: Int? = nil) {
        self.bytes = bytes
        self.offset = offset
        self.end = end ?? bytes.count
        precondition(offset >= 0 && offset <= self.end && self.end <= bytes.count)
    }

    /// How many bytes are left.
    var remaining: Int { end - offset }

    @inline(__always)
    mutating func skip(_ count: Int, _ what: StaticString) throws(FrameFault) -> Range<Int> {
        guard count >= 0, count <= remaining else {
            throw FrameFault("\(what) is cut off")
        }
        let range = offset..<offset + count
        offset += count
        return range
    }

    @inline(__always)
    mutating func take<Value: FixedWidthInteger & BitwiseCopyable>(
        _ type: Value.Type,
        _ what: StaticString
    ) throws(FrameFault) -> Value {
        let range = try skip(MemoryLayout<Value>.size, what)
        return Value(littleEndian: bytes.loadUnaligned(fromByteOffset: range.lowerBound, as: Value.self))
    }

    mutating func takeID(_ what: StaticString) throws(FrameFault) -> EventID {
        let high = try take(UInt64.self, what)
        let low = try take(UInt64.self, what)
        return EventID(high: high.byteSwapped, low: low.byteSwapped)
    }

    @inline(__always)
    mutating func takeVarint(_ what: StaticString) throws(FrameFault) -> UInt64 {
        // Nearly every varint of a frame is one byte long.
        if offset < end, bytes[offset] < 0x80 {
            offset += 1
            return UInt64(bytes[offset - 1])
        }
        return try takeLongVarint(what)
    }

    private mutating func takeLongVarint(_ what: StaticString) throws(FrameFault) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let byte = try take(UInt8.self, what)
            // The tenth byte has room for one bit only.
            guard shift < 63 || byte <= 1 else { break }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw FrameFault("\(what) is no number of 64 bits")
    }

    /// A varint that says how many bytes or things follow.
    @inline(__always)
    mutating func takeCount(_ what: StaticString) throws(FrameFault) -> Int {
        let value = try takeVarint(what)
        guard value <= UInt64(remaining) else {
            throw FrameFault("\(what) is cut off")
        }
        return Int(value)
    }

    /// A name: one byte of length, then its bytes.
    @inline(__always)
    mutating func takeName(_ what: StaticString) throws(FrameFault) -> Range<Int> {
        let count = try take(UInt8.self, what)
        return try skip(Int(count), what)
    }

    /// Bytes that were skipped before, as text.
    func text(in range: Range<Int>) -> String {
        String(decoding: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    /// Bytes that were skipped before.
    func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[range])
    }
}

/// Writes the primitive parts of the format, little-endian, into memory that is known to be large enough.
///
/// The caller has computed an upper bound for what it writes; the precondition catches a wrong bound before a
/// byte lands outside. Used by the frame and segment encoders alone.
struct ByteWriter {
    private let start: UnsafeMutableRawPointer
    private let capacity: Int

    /// How many bytes are written, and where the next one goes.
    private(set) var count = 0

    init(_ buffer: UnsafeMutableRawBufferPointer) {
        guard let start = buffer.baseAddress else {
            preconditionFailure("a writer needs memory to write to")
        }
        self.start = start
        capacity = buffer.count
    }

    private mutating func claim(_ bytes: Int) -> UnsafeMutableRawPointer {
        precondition(count + bytes <= capacity, "the size of a frame was computed too small")
        defer { count += bytes }
        return start + count
    }

    mutating func put(_ value: UInt8) {
        claim(1).storeBytes(of: value, as: UInt8.self)
    }

    mutating func put<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
        claim(MemoryLayout<Value>.size).storeBytes(of: value.littleEndian, as: Value.self)
    }

    /// An id, most significant byte first, so that it reads in a hex dump as it does in text.
    mutating func put(_ id: EventID) {
        put(id.high.byteSwapped)
        put(id.low.byteSwapped)
    }

    /// LEB128: seven bits a byte, least significant first, the high bit set on all but the last.
    mutating func putVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            put(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        put(UInt8(truncatingIfNeeded: rest))
    }

    mutating func put(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        claim(bytes.count).copyMemory(from: source, byteCount: bytes.count)
    }

    mutating func put(_ bytes: ArraySlice<UInt8>) {
        bytes.withRawBytes { put($0) }
    }

    /// A name: its length in one byte, then its UTF-8.
    ///
    /// `LogLimits.nameBytesMax` is why one byte is enough.
    mutating func putName(_ name: String) {
        name.withUTF8Bytes { bytes in
            put(UInt8(bytes.count))
            put(bytes)
        }
    }

    /// Zeros up to the next multiple.
    mutating func pad(to multiple: Int) {
        while count % multiple != 0 {
            put(UInt8(0))
        }
    }

    /// How many bytes `putVarint` takes for a value.
    static func varintSize(_ value: UInt64) -> Int {
        max(1, (UInt64.bitWidth - value.leadingZeroBitCount + 6) / 7)
    }
}

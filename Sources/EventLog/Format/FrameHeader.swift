/// The first 56 bytes of a frame: what it is, how long, whether it is intact, and where in the log it
/// belongs.
///
/// The layout is written down in `LogFormat.md`.
///
/// Invariants: `length` is a multiple of 8 and counts the header; `headerChecksum` covers every other byte of
/// the header, `bodyChecksum` and `chain` among them, so that it stands for the whole frame and its whole
/// past: the next frame's `chain` repeats it.
struct FrameHeader: Equatable {
    /// How long the header is, in bytes.
    static let size = 56

    /// Frames begin at multiples of this, so that a search behind damage tries one place in eight.
    static let alignment = 8

    /// `PFRM` in a hex dump.
    static let magic: UInt32 = 0x4D52_4650

    /// No frame is longer: what the limits allow, and the symbols of one frame (each event and each mark may
    /// bring a new one).
    static let lengthMax =
        LogLimits.frameBytesMax
        + (LogLimits.frameEventsMax + LogLimits.frameMarksMax) * (LogLimits.nameBytesMax + 16)

    struct Flags: OptionSet {
        let rawValue: UInt16

        /// The last frame of a segment; it has one `end` record.
        static let end = Flags(rawValue: 1 << 0)
        /// The body begins with an idempotency key.
        static let key = Flags(rawValue: 1 << 1)

        static let known: Flags = [.end, .key]
    }

    var length: UInt32
    var bodyChecksum: UInt32 = 0
    var chain: UInt32
    var eventCount: UInt32
    var firstPosition: Position
    var time: LogTime
    /// The address of the first frame that was written together with this one, in one write and one flush.
    ///
    /// Everything before that address was durable when this frame was written.
    var group: UInt64
    var flags: Flags
    var recordCount: UInt32

    /// Writes the header over the first bytes of `frame`, with the checksum that it returns.
    @discardableResult
    func write(to frame: UnsafeMutableRawBufferPointer, seed: UInt32) -> UInt32 {
        let header = UnsafeMutableRawBufferPointer(rebasing: frame[..<Self.size])
        var writer = ByteWriter(header)
        writer.put(Self.magic)
        writer.put(length)
        writer.put(UInt32(0))
        writer.put(bodyChecksum)
        writer.put(chain)
        writer.put(eventCount)
        writer.put(firstPosition)
        writer.put(time)
        writer.put(group)
        writer.put(flags.rawValue)
        writer.put(UInt16(0))
        writer.put(recordCount)
        let checksum = Self.checksum(UnsafeRawBufferPointer(header), seed: seed)
        header.storeBytes(of: checksum.littleEndian, toByteOffset: 8, as: UInt32.self)
        return checksum
    }

    /// The checksum of a header's bytes: all of them but the four that hold it.
    private static func checksum(_ header: UnsafeRawBufferPointer, seed: UInt32) -> UInt32 {
        let front = Checksum.extend(seed, over: UnsafeRawBufferPointer(rebasing: header[0..<8]))
        return Checksum.extend(front, over: UnsafeRawBufferPointer(rebasing: header[12..<size]))
    }

    /// Reads a header, and its checksum, from where a frame should begin.
    ///
    /// The body may lie beyond `bytes`.
    static func read(
        _ bytes: UnsafeRawBufferPointer,
        at offset: Int,
        seed: UInt32
    ) throws(FrameFault) -> (header: FrameHeader, checksum: UInt32) {
        guard offset >= 0, bytes.count - offset >= size else {
            throw FrameFault("a frame's header is cut off")
        }
        let part = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + size])
        var reader = ByteReader(part)
        guard try reader.take(UInt32.self, "magic") == magic else { throw FrameFault("no frame begins here") }
        let length = try reader.take(UInt32.self, "length")
        let checksum = try reader.take(UInt32.self, "checksum")
        guard checksum == Self.checksum(part, seed: seed) else {
            throw FrameFault("a frame's header doesn't match its checksum")
        }
        let header = FrameHeader(
            length: length,
            bodyChecksum: try reader.take(UInt32.self, "body checksum"),
            chain: try reader.take(UInt32.self, "chain"),
            eventCount: try reader.take(UInt32.self, "event count"),
            firstPosition: try reader.take(UInt64.self, "first position"),
            time: try reader.take(Int64.self, "time"),
            group: try reader.take(UInt64.self, "group"),
            flags: Flags(rawValue: try reader.take(UInt16.self, "flags")),
            recordCount: try readRecordCount(&reader)
        )
        guard header.length >= size, header.length <= lengthMax, header.length % UInt32(alignment) == 0 else {
            throw FrameFault("a frame says that it is \(header.length) bytes long")
        }
        guard Flags.known.isSuperset(of: header.flags) else {
            throw FrameFault("a frame was written by a newer version (flags \(header.flags.rawValue))")
        }
        return (header, checksum)
    }

    private static func readRecordCount(_ reader: inout ByteReader) throws(FrameFault) -> UInt32 {
        guard try reader.take(UInt16.self, "reserved") == 0 else {
            throw FrameFault("a frame was written by a newer version (reserved bytes in use)")
        }
        return try reader.take(UInt32.self, "record count")
    }
}

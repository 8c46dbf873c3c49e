/// What a segment file begins with: whose it is, where in the log it belongs, and the symbols that its frames
/// use, so that every segment can be read alone.
///
/// The layout is written down in `LogFormat.md`.
struct SegmentHeader: Equatable {
    /// Headers are whole blocks, so that frames begin at a page of the file.
    static let blockSize = 4096

    /// `PERILUNE` in a hex dump.
    static let magic: UInt64 = 0x454E_554C_4952_4550

    /// The version of frames and headers alike.
    ///
    /// A later one may be refused by an older program, never misread.
    static let version: UInt32 = 1

    /// The bytes before the symbols.
    static let fixedSize = 88

    var identity: LogIdentity
    /// 1 for the first segment of the log.
    var number: UInt64
    /// Position of the first event in this segment.
    var firstPosition: Position
    /// Checksum of the newest frame before this segment; the first frame of the segment repeats it.
    var chain: UInt32
    /// The address of the segment's first byte in the log: the lengths of all segments before it.
    var address: UInt64
    /// Time of the newest frame before this segment.
    var time: LogTime
    /// All symbols of the log before this segment, in order of their numbers.
    var symbols: [String]

    /// The length of the header with its symbols, a multiple of the block.
    var length: Int {
        let used = symbols.reduce(Self.fixedSize) { $0 + 1 + $1.utf8.count }
        return (used + Self.blockSize - 1) / Self.blockSize * Self.blockSize
    }

    /// The header as it stands in the file.
    func encoded() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: length)
        bytes.withUnsafeMutableBytes { buffer in
            var writer = ByteWriter(buffer)
            writer.put(Self.magic)
            writer.put(Self.version)
            writer.put(UInt32(buffer.count))
            writer.put(UInt32(0))
            writer.put(chain)
            writer.put(identity.id)
            writer.put(identity.scriptSeed)
            writer.put(UInt32(symbols.count))
            writer.put(number)
            writer.put(firstPosition)
            writer.put(address)
            writer.put(time)
            writer.put(UInt64(0))
            for symbol in symbols { writer.putName(symbol) }
            let checksum = Self.checksum(UnsafeRawBufferPointer(buffer))
            buffer.storeBytes(of: checksum.littleEndian, toByteOffset: 16, as: UInt32.self)
        }
        return bytes
    }

    private static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let front = Checksum.extend(over: UnsafeRawBufferPointer(rebasing: bytes[0..<16]))
        return Checksum.extend(front, over: UnsafeRawBufferPointer(rebasing: bytes[20...]))
    }

    /// How long the header is that begins with these bytes (at least `fixedSize` of them).
    static func length(of bytes: UnsafeRawBufferPointer) throws(FrameFault) -> Int {
        var reader = ByteReader(bytes)
        guard try reader.take(UInt64.self, "magic") == magic else {
            throw FrameFault("this is no segment of a log")
        }
        let version = try reader.take(UInt32.self, "version")
        guard version == Self.version else {
            throw FrameFault("the segment has format version \(version), this program knows \(Self.version)")
        }
        let length = Int(try reader.take(UInt32.self, "length"))
        let lengthMax = fixedSize + LogLimits.symbolsMax * (1 + LogLimits.nameBytesMax) + blockSize
        guard length >= blockSize, length <= lengthMax, length % blockSize == 0 else {
            throw FrameFault("the segment's header says that it is \(length) bytes long")
        }
        return length
    }

    /// Reads a header; `bytes` begin with it.
    init(_ bytes: UnsafeRawBufferPointer) throws(FrameFault) {
        let length = try Self.length(of: bytes)
        guard length <= bytes.count else { throw FrameFault("the segment's header is cut off") }
        let header = UnsafeRawBufferPointer(rebasing: bytes[0..<length])
        var reader = ByteReader(header, from: 16)
        guard try reader.take(UInt32.self, "checksum") == Self.checksum(header) else {
            throw FrameFault("the segment's header doesn't match its checksum")
        }
        chain = try reader.take(UInt32.self, "chain")
        let id = try reader.takeID("id")
        identity = LogIdentity(id: id, scriptSeed: try reader.take(UInt32.self, "seed"))
        let count = try reader.take(UInt32.self, "symbols")
        number = try reader.take(UInt64.self, "number")
        firstPosition = try reader.take(UInt64.self, "first position")
        address = try reader.take(UInt64.self, "address")
        time = try reader.take(Int64.self, "time")
        _ = try reader.take(UInt64.self, "reserved")
        symbols = []
        for _ in 0..<count {
            symbols.append(reader.text(in: try reader.takeName("a symbol")))
        }
    }

    /// The header that some bytes begin with; nil when it isn't all there yet.
    static func whole(in bytes: [UInt8]) throws(FrameFault) -> SegmentHeader? {
        guard bytes.count >= blockSize else { return nil }
        return try bytes.withRawBytes { bytes throws(FrameFault) -> SegmentHeader? in
            guard try length(of: bytes) <= bytes.count else { return nil }
            return try SegmentHeader(bytes)
        }
    }

    /// A header for a new segment.
    init(identity: LogIdentity, number: UInt64, end: LogEnd, address: UInt64, symbols: [String]) {
        self.identity = identity
        self.number = number
        self.firstPosition = end.lastPosition + 1
        self.chain = end.chain
        self.address = address
        self.time = end.time
        self.symbols = symbols
    }
}

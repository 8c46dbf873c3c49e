/// The segments that an index file covers, and where they are in the log.
struct IndexStretch: Equatable, Sendable {
    /// The number of the first one.
    var firstSegment: UInt64
    var segmentCount: UInt32
    /// Address of the first one's first byte.
    var startAddress: UInt64
    /// Address behind the last one's last byte.
    var endAddress: UInt64
}

/// What an index file begins with: whose it is, what it covers, how much it holds.
///
/// Invariant: a header that was read has passed its checksum, and its sections are where its totals put them.
/// Written by `IndexFileWriter`, read by `SealedPart`.
struct IndexFileHeader: Equatable, Sendable {
    /// `PERILIDX` in a hex dump.
    static let magic: UInt64 = 0x5844_494C_4952_4550

    /// The version of the file and of `NameHash`.
    ///
    /// An older program refuses a later one, and a file that is refused is built again.
    static let version: UInt32 = 1

    /// Three cache lines.
    static let size = 192

    /// Where its checksum stands.
    private static let checksumPlace = 12..<16

    var log: EventID
    /// What the log's index seed makes of a fixed name: tells another seed, and doesn't tell the seed.
    var seedCheck: UInt64
    var stretch: IndexStretch
    /// The position before the first event.
    var base: Position
    var totals: IndexTotals

    /// A header for a new file.
    init(identity: LogIdentity, stretch: IndexStretch, base: Position, totals: IndexTotals) {
        log = identity.id
        seedCheck = Self.seedCheck(of: identity.indexSeed)
        self.stretch = stretch
        self.base = base
        self.totals = totals
    }

    /// See the field of the same name.
    static func seedCheck(of seed: UInt64) -> UInt64 {
        "perilune index seed".withUTF8Bytes { NameHash.hash($0, seed: seed) }
    }

    /// The header as it stands in the file.
    func encoded() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.size)
        bytes.withUnsafeMutableBytes { buffer in
            var writer = ByteWriter(buffer)
            writer.put(Self.magic)
            writer.put(Self.version)
            writer.put(UInt32(0))
            writer.put(log)
            writer.put(seedCheck)
            writer.put(stretch.firstSegment)
            writer.put(base)
            writer.put(stretch.startAddress)
            writer.put(stretch.endAddress)
            writer.put(stretch.segmentCount)
            writer.put(totals.events)
            writer.put(totals.frames)
            writer.put(totals.keys)
            writer.put(totals.postings)
            writer.put(totals.nameBytes)
            writer.put(totals.markBytes)
            writer.put(UInt32(0))
            for section in IndexFileLayout(totals).sections { writer.put(UInt64(section.lowerBound)) }
            let checksum = Self.checksum(of: UnsafeRawBufferPointer(buffer))
            let place = Self.checksumPlace.lowerBound
            buffer.storeBytes(of: checksum.littleEndian, toByteOffset: place, as: UInt32.self)
        }
        return bytes
    }

    /// The checksum of a whole header, but for the place where it stands.
    static func checksum(of header: UnsafeRawBufferPointer) -> UInt32 {
        let front = UnsafeRawBufferPointer(rebasing: header[..<checksumPlace.lowerBound])
        let rest = UnsafeRawBufferPointer(rebasing: header[checksumPlace.upperBound..<size])
        return Checksum.extend(Checksum.extend(over: front), over: rest)
    }

    /// Reads the header that some bytes begin with.
    init(_ bytes: UnsafeRawBufferPointer) throws(FrameFault) {
        guard bytes.count >= Self.size else { throw FrameFault("the index file's header is cut off") }
        var reader = ByteReader(bytes, to: Self.size)
        guard try reader.take(UInt64.self, "magic") == Self.magic else {
            throw FrameFault("this is no index file of a log")
        }
        let version = try reader.take(UInt32.self, "version")
        guard version == Self.version else {
            throw FrameFault("the index has format version \(version), this program knows \(Self.version)")
        }
        guard try reader.take(UInt32.self, "checksum") == Self.checksum(of: bytes) else {
            throw FrameFault("the index file's header doesn't match its checksum")
        }
        log = try reader.takeID("log")
        seedCheck = try reader.take(UInt64.self, "seed check")
        let firstSegment = try reader.take(UInt64.self, "first segment")
        base = try reader.take(UInt64.self, "base")
        let startAddress = try reader.take(UInt64.self, "start address")
        let endAddress = try reader.take(UInt64.self, "end address")
        stretch = IndexStretch(
            firstSegment: firstSegment,
            segmentCount: try reader.take(UInt32.self, "segments"),
            startAddress: startAddress,
            endAddress: endAddress
        )
        totals = IndexTotals(
            events: try reader.take(UInt32.self, "events"),
            frames: try reader.take(UInt32.self, "frames"),
            keys: try reader.take(UInt32.self, "keys"),
            postings: try reader.take(UInt32.self, "postings"),
            nameBytes: try reader.take(UInt32.self, "name bytes"),
            markBytes: try reader.take(UInt32.self, "mark bytes")
        )
        guard try reader.take(UInt32.self, "reserved") == 0, startAddress <= endAddress else {
            throw FrameFault("the index file's header makes no sense")
        }
        for section in IndexFileLayout(totals).sections {
            guard try reader.take(UInt64.self, "a section") == UInt64(section.lowerBound) else {
                throw FrameFault("the index file's sections aren't where its totals put them")
            }
        }
    }
}

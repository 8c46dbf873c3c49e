/// Encodes frames one behind the other into one buffer that is used again for every group: no allocation per
/// event, none per frame once the buffer has grown.
///
/// Invariant: `bytes[..<count]` are whole frames, each chained to the one before it. Called by `Sequencer`,
/// on its thread alone.
struct FrameWriter: Sendable {
    /// The frames, and free room behind them.
    private(set) var bytes: [UInt8] = []

    /// How many of the bytes are in use.
    private(set) var count = 0

    /// The checksum of the newest frame, which the next one repeats.
    private(set) var chain: UInt32

    private let seed: UInt32

    /// A writer that goes on behind the frame whose checksum is `chain`.
    init(seed: UInt32, chain: UInt32) {
        self.seed = seed
        self.chain = chain
    }

    /// What the sequencer has given a frame.
    struct Stamp {
        var firstPosition: Position
        var time: LogTime
        var group: UInt64
    }

    /// Encodes a frame; returns its length.
    mutating func append(_ frame: NewFrame, numbers: FrameNumbers, stamp: Stamp) -> Int {
        var flags: FrameHeader.Flags = []
        if frame.idempotencyKey != nil { flags.insert(.key) }
        let records = numbers.newSymbols.count + frame.events.count + frame.marks.count
        let header = header(flags, stamp, events: frame.events.count, records: records)
        let bound = Self.sizeBound(of: frame) + Self.sizeBound(of: numbers.newSymbols)
        return append(header, bodyBound: bound) { body in
            if let key = frame.idempotencyKey { body.putName(key) }
            for (number, name) in numbers.newSymbols {
                Self.putSymbol(number, name, to: &body)
            }
            for index in frame.events.indices {
                Self.put(
                    frame.events[index],
                    type: numbers.types[index],
                    revision: numbers.revisions[index],
                    to: &body
                )
            }
            for (index, mark) in frame.marks.enumerated() {
                Self.put(mark, processor: numbers.processors[index], to: &body)
            }
        }
    }

    /// Encodes the frame that ends a segment.
    mutating func appendEnd(_ totals: SegmentTotals, stamp: Stamp) -> Int {
        append(header(.end, stamp, events: 0, records: 1), bodyBound: 24) { body in
            body.put(RecordKind.end.rawValue)
            body.putVarint(16)
            body.put(totals.frames)
            body.put(totals.events)
        }
    }

    /// What `appendEnd` takes, always: kept free in every segment, and where its end is looked for.
    static let endFrameSize = FrameHeader.size + 24

    /// The header of the next frame, before its length and its body's checksum are known.
    private func header(_ flags: FrameHeader.Flags, _ stamp: Stamp, events: Int, records: Int) -> FrameHeader
    {
        FrameHeader(
            length: 0,
            chain: chain,
            eventCount: UInt32(events),
            firstPosition: stamp.firstPosition,
            time: stamp.time,
            group: stamp.group,
            flags: flags,
            recordCount: UInt32(records)
        )
    }

    private mutating func append(
        _ start: FrameHeader,
        bodyBound: Int,
        body: (inout ByteWriter) -> Void
    ) -> Int {
        var header = start
        let offset = count
        makeRoom(FrameHeader.size + bodyBound + FrameHeader.alignment)
        let checksum = bytes.withUnsafeMutableBytes { all in
            let frame = UnsafeMutableRawBufferPointer(rebasing: all[offset...])
            var writer = ByteWriter(UnsafeMutableRawBufferPointer(rebasing: frame[FrameHeader.size...]))
            body(&writer)
            writer.pad(to: FrameHeader.alignment)
            header.length = UInt32(FrameHeader.size + writer.count)
            header.bodyChecksum = Checksum.extend(
                over: UnsafeRawBufferPointer(rebasing: frame[FrameHeader.size..<Int(header.length)])
            )
            return header.write(to: frame, seed: seed)
        }
        chain = checksum
        count += Int(header.length)
        return Int(header.length)
    }

    /// Forgets the frames, which have been written elsewhere; keeps the room and the chain.
    mutating func removeAll() {
        count = 0
        if bytes.count > Self.keptBytesMax { bytes = [] }
    }

    /// A buffer that one huge group has grown beyond this is given back.
    private static let keptBytesMax = 32 << 20

    private mutating func makeRoom(_ needed: Int) {
        guard bytes.count - count < needed else { return }
        let size = max(64 << 10, bytes.count * 2, count + needed)
        bytes = [UInt8](unsafeUninitializedCapacity: size) { larger, initialized in
            larger.initialize(repeating: 0)
            _ = larger.update(fromContentsOf: bytes[..<count])
            initialized = size
        }
    }
}

import TestSupport
import Testing

@testable import EventLog

/// The format in memory: what is written reads back, and nothing else is taken for it.
@Suite struct CodecTests {
    private static let identity = LogIdentity(id: EventID(high: 1, low: 2), scriptSeed: 3)
    private static let seed = Checksum.seed(of: identity.id)

    /// The encoded frames of some commits, in one group.
    private func encoded(_ frames: [NewFrame]) throws -> [UInt8] {
        var sequencer = Sequencer(
            index: SharedIndex(LogIndex(seed: Self.identity.indexSeed)),
            identity: Self.identity,
            clock: { 5_000 }
        )
        for frame in frames { _ = try sequencer.stage(frame) }
        return Array(sequencer.bytes)
    }

    @Test func `CRC32C gives the published value, by table and by instruction`() {
        let check = Array("123456789".utf8)
        #expect(check.withRawBytes { Checksum.extend(over: $0) } == 0xE306_9283)
        var random = SeededRandom(seed: 1)
        for length in 0..<100 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            let split = length / 3
            let (fast, slow, joined) = bytes.withRawBytes { all in
                let front = Checksum.extend(over: UnsafeRawBufferPointer(rebasing: all[..<split]))
                return (
                    Checksum.extend(over: all), Checksum.portable(all),
                    Checksum.extend(front, over: UnsafeRawBufferPointer(rebasing: all[split...]))
                )
            }
            #expect(fast == slow && fast == joined)
        }
    }

    @Test func `a varint of any size reads back, and takes the bytes that were counted for it`() throws {
        for shift in 0...64 {
            for value in [shift == 64 ? UInt64.max : UInt64(1) << shift, (UInt64(1) << (shift % 64)) &- 1] {
                var bytes = [UInt8](repeating: 0xFF, count: 10)
                let count = bytes.withUnsafeMutableBytes { buffer in
                    var writer = ByteWriter(buffer)
                    writer.putVarint(value)
                    return writer.count
                }
                #expect(count == ByteWriter.varintSize(value))
                let read = try bytes.withRawBytes { raw in
                    var reader = ByteReader(raw, to: count)
                    return try reader.takeVarint("a number")
                }
                #expect(read == value)
            }
        }
    }

    @Test func `a varint that is cut off or too large is refused`() {
        for bytes in [[], [0x80], [UInt8](repeating: 0xFF, count: 10)] as [[UInt8]] {
            #expect(throws: FrameFault.self) {
                try bytes.withRawBytes { raw in
                    var reader = ByteReader(raw)
                    return try reader.takeVarint("a number")
                }
            }
        }
    }

    @Test func `frames are whole multiples of eight bytes, chained, and stand in their group`() throws {
        let bytes = try encoded((0..<20).map { try LogFolder.frame($0) })
        var offset = 0
        var chain: UInt32 = 0
        var position: Position = 1
        while offset < bytes.count {
            let (frame, checksum) = try bytes.withRawBytes { raw in
                let frame = try FrameReader(raw, at: offset, seed: Self.seed)
                try frame.verify(raw)
                return (frame, frame.checksum)
            }
            #expect(frame.range.lowerBound % 8 == 0 && frame.range.upperBound % 8 == 0)
            #expect(frame.header.chain == chain && frame.header.firstPosition == position)
            #expect(frame.header.group == 0 && frame.header.time == 5_000)
            chain = checksum
            position += UInt64(frame.header.eventCount)
            offset = frame.range.upperBound
        }
        #expect(position == 21)
    }

    @Test func `a frame of another log doesn't pass for one of this log`() throws {
        let bytes = try encoded([LogFolder.frame(0)])
        let other = Checksum.seed(of: EventID(high: 1, low: 3))
        #expect(throws: FrameFault.self) {
            try bytes.withRawBytes { raw in try FrameReader(raw, at: 0, seed: other) }
        }
    }

    @Test func `a walk over forged records ends in a fault, never outside of the frame`() throws {
        // Checksums are not looked at here: a forger would have made them fit.
        let bytes = try encoded((0..<3).map { try LogFolder.frame($0) })
        var random = SeededRandom(seed: 3)
        var faults = 0
        for _ in 0..<5_000 {
            var forged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: FrameHeader.size..<forged.count, using: &random)
                forged[place] = UInt8.random(in: 0...255, using: &random)
            }
            do throws(FrameFault) {
                try forged.withRawBytes { raw throws(FrameFault) in
                    let frame = try FrameReader(raw, at: 0, seed: Self.seed)
                    try frame.forEachRecord(raw) { record, _ in
                        if case .event(let event) = record {
                            #expect(event.data.upperBound <= frame.range.upperBound)
                            #expect(event.stream.lowerBound >= FrameHeader.size)
                        }
                    }
                }
            } catch {
                faults += 1
            }
        }
        #expect(faults > 500)
    }

    @Test func `a segment header reads back, with more symbols than fit one block`() throws {
        let symbols = (0..<500).map { "SymbolNumber\($0)" }
        let header = SegmentHeader(
            identity: Self.identity,
            number: 7,
            end: LogEnd(lastPosition: 99, chain: 5, time: 123),
            address: 4_711,
            symbols: symbols
        )
        let bytes = header.encoded()
        #expect(bytes.count == header.length && bytes.count % SegmentHeader.blockSize == 0)
        #expect(bytes.count > SegmentHeader.blockSize)
        #expect(try bytes.withRawBytes { try SegmentHeader($0) } == header)
    }

    @Test func `a segment header with any byte flipped is refused`() throws {
        let header = SegmentHeader(
            identity: Self.identity,
            number: 1,
            end: LogEnd(),
            address: 0,
            symbols: ["OrderPlaced"]
        )
        let bytes = header.encoded()
        for offset in bytes.indices.prefix(120) + [1_000, 4_095] {
            var flipped = bytes
            flipped[offset] ^= 0x04
            #expect(throws: FrameFault.self, "byte \(offset)") {
                try flipped.withRawBytes { try SegmentHeader($0) }
            }
        }
    }

    @Test func `a refused frame leaves no trace in what is written next`() throws {
        let refused = NewFrame(
            events: [try .sample("NeverSeen", "never-1", tags: ["never"])],
            marks: [MarkMove(processor: "never", lane: 0, from: 9, to: 10)]
        )
        var sequencer = Sequencer(
            index: SharedIndex(LogIndex(seed: Self.identity.indexSeed)),
            identity: Self.identity,
            clock: { 5_000 }
        )
        _ = try sequencer.stage(LogFolder.frame(0))
        #expect(throws: EventLogError.self) { try sequencer.stage(refused) }
        _ = try sequencer.stage(LogFolder.frame(1))
        #expect(Array(sequencer.bytes) == (try encoded([LogFolder.frame(0), LogFolder.frame(1)])))
    }

    @Test func `the same commits give the same bytes`() throws {
        let frames = try (0..<50).map { try LogFolder.frame($0) }
        #expect(try encoded(frames) == encoded(frames))
    }
}

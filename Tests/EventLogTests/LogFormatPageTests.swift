import Foundation
import TestSupport
import Testing

@testable import EventLog

/// The worked example in `LogFormat.md` is what the codec writes, byte for byte.
@Suite struct LogFormatPageTests {
    private static let identity = LogIdentity(
        id: EventID(high: 0x0011_2233_4455_4677, low: 0x8899_AABB_CCDD_EEFF),
        scriptSeed: 0x1234_5678
    )

    @Test func `the frame in the page is the frame that the codec writes`() throws {
        let frame = NewFrame(
            events: [
                NewEvent(
                    stream: try StreamName("order-42"),
                    type: "OrderPlaced",
                    data: Array("{\"total\":5}".utf8)[...],
                    meta: Array("{\"by\":\"ann\"}".utf8)[...],
                    tags: ["vip"],
                    id: EventID(high: 0xA0A1_A2A3_A4A5_46A7, low: 0xA8A9_AAAB_ACAD_AEAF)
                )
            ],
            marks: [MarkMove(processor: "reserve-stock", lane: 3, from: 0, to: 300)],
            idempotencyKey: "try-1"
        )
        var sequencer = Sequencer(
            index: SharedIndex(LogIndex(seed: Self.identity.indexSeed)),
            identity: Self.identity,
            from: .init(address: 4_096),
            clock: { 1_700_000_000_000_000 }
        )
        _ = try sequencer.stage(frame)
        #expect(try example("frame") == Array(sequencer.bytes))
    }

    @Test func `the segment header in the page is the header that the codec writes`() throws {
        let header = SegmentHeader(
            identity: Self.identity,
            number: 2,
            end: LogEnd(lastPosition: 1_000, chain: 0xDEAD_BEEF, time: 1_700_000_000_000_000),
            address: 0x0800_0000,
            symbols: ["OrderPlaced", "reserve-stock"]
        )
        let bytes = header.encoded()
        let shown = try example("segment header")
        #expect(shown == Array(bytes.prefix(shown.count)))
        #expect(bytes.dropFirst(shown.count).allSatisfy { $0 == 0 })
    }

    /// The bytes of a fenced block under a heading: `offset | bytes | what they are`.
    private func example(_ heading: String) throws -> [UInt8] {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Sources/EventLog/EventLog.docc/LogFormat.md")
        let lines = try String(contentsOf: page, encoding: .utf8).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        let start = try #require(lines.firstIndex { $0.hasSuffix("Example: a \(heading)") })
        let block = lines[start...].drop { !$0.hasPrefix("```") }.dropFirst().prefix { !$0.hasPrefix("```") }
        var bytes: [UInt8] = []
        for line in block {
            let columns = line.split(separator: "|")
            try #require(columns.count == 3, "\(line)")
            #expect(Int(columns[0].trimmingCharacters(in: .whitespaces)) == bytes.count, "\(line)")
            bytes += try columns[1].split(separator: " ").map { try #require(UInt8($0, radix: 16)) }
        }
        return bytes
    }
}

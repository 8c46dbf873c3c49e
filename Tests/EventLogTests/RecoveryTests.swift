import Foundation
import TestSupport
import Testing

@testable import EventLog

/// What opening makes of files that a crash or a bad disk has left behind.
@Suite struct RecoveryTests {
    @Test func `a log that was cut at any byte of its last frame opens with all earlier frames`() async throws
    {
        let log = try LogFolder()
        try await log.append(4)
        let path = try log.segmentPaths()[0]
        let whole = try log.bytes(path)
        let last = try #require(try log.frames(in: whole).last)
        for length in last.lowerBound..<last.upperBound {
            try log.write(whole[..<length], to: path)
            let opened = try await log.open()
            #expect(try LogFolder.holds(3, opened), "cut at \(length)")
            #expect(opened.recovery.damage == nil)
            // The cut may leave zeros only, which are no data: then nothing was torn.
            #expect(opened.recovery.tornBytes <= length - last.lowerBound)
            try await opened.close()
        }
    }

    @Test func `a log whose last frame has any byte flipped opens without that frame`() async throws {
        let log = try LogFolder()
        try await log.append(3)
        let path = try log.segmentPaths()[0]
        let whole = try log.bytes(path)
        let last = try #require(try log.frames(in: whole).last)
        for offset in last {
            var flipped = whole
            flipped[offset] ^= UInt8(1) << (offset % 8)
            try log.write(flipped, to: path)
            let opened = try await log.open()
            #expect(try LogFolder.holds(2, opened), "flipped at \(offset)")
            #expect(opened.recovery.tornBytes > 0)
            #expect(opened.readOnlyReason == nil)
            try await opened.close()
        }
    }

    @Test func `a byte flipped in an earlier group is damage, reported, and nothing is changed`() async throws
    {
        let log = try LogFolder()
        try await log.append(5)
        let path = try log.segmentPaths()[0]
        let whole = try log.bytes(path)
        let second = try log.frames(in: whole)[1]
        for offset in stride(from: second.lowerBound, to: second.upperBound, by: 5) {
            var flipped = whole
            flipped[offset] ^= 0x10
            try log.write(flipped, to: path)
            let opened = try await log.open()
            #expect(opened.recovery.damage?.offset == second.lowerBound)
            #expect(opened.recovery.damage?.file == path)
            #expect(opened.readOnlyReason != nil)
            #expect(try LogFolder.holds(1, opened))
            let error = await #expect(throws: EventLogError.self) {
                try await opened.commit(LogFolder.frame(1))
            }
            #expect(error?.code == "log-read-only")
            try await opened.close()
            #expect(try log.bytes(path) == flipped)
        }
    }

    @Test func `garbage behind the last frame is wiped, and the log goes on`() async throws {
        let log = try LogFolder()
        try await log.append(3)
        let path = try log.segmentPaths()[0]
        let whole = try log.bytes(path)
        var random = SeededRandom(seed: 7)
        let garbage = (0..<5_000).map { _ in UInt8.random(in: 1...255, using: &random) }
        try log.write(whole + garbage, to: path)
        let opened = try await log.open()
        #expect(opened.recovery.tornBytes == garbage.count)
        let wiped = try log.bytes(path)
        #expect(wiped.starts(with: whole) && wiped.count >= whole.count + garbage.count)
        #expect(wiped[whole.count...].allSatisfy { $0 == 0 })
        try await opened.close()
        try await log.append(3, from: 3)
        let again = try await log.open()
        #expect(again.recovery.tornBytes == 0)
        #expect(try LogFolder.holds(6, again))
        try await again.close()
    }

    @Test func `a log goes on behind every torn tail, again and again, over segments`() async throws {
        let log = try LogFolder(options: DiskLogOptions(segmentBytes: 6_000))
        var random = SeededRandom(seed: 11)
        var count = 0
        for _ in 0..<30 {
            try await log.append(3, from: count)
            count += 3
            let path = try #require(try log.segmentPaths().last)
            let whole = try log.bytes(path)
            guard let last = try log.frames(in: whole).last else { continue }
            let cut = Int.random(in: last.lowerBound...last.upperBound, using: &random)
            try log.write(whole[..<cut], to: path)
            if cut < last.upperBound { count -= 1 }
        }
        let opened = try await log.open()
        #expect(opened.recovery.damage == nil)
        #expect(try log.segmentPaths().count > 3)
        #expect(try LogFolder.holds(count, opened))
        try await opened.close()
    }

    @Test func `a group that was torn is kept up to its first frame that isn't whole`() async throws {
        let log = try LogFolder()
        let path = try await oneGroupOfThree(log)
        let whole = try log.bytes(path)
        let frames = try log.frames(in: whole)
        // The disk had written the last frame before the middle one: both belong to the group in flight.
        var torn = whole
        torn.replaceSubrange(frames[1], with: repeatElement(0, count: frames[1].count))
        try log.write(torn, to: path)
        let opened = try await log.open()
        #expect(opened.recovery.damage == nil)
        #expect(opened.recovery.tornBytes > frames[1].count)
        #expect(try LogFolder.holds(1, opened))
        try await opened.close()
        #expect(try log.bytes(path)[frames[1].lowerBound...].allSatisfy { $0 == 0 })
    }

    /// Three frames in one group: made by the codec, since the writer groups as it happens.
    private func oneGroupOfThree(_ log: LogFolder) async throws -> String {
        try await log.append(0)
        let path = try log.segmentPaths()[0]
        let bytes = try log.bytes(path)
        let identity = try bytes.withRawBytes { try SegmentHeader($0) }.identity
        var sequencer = Sequencer(
            index: SharedIndex(LogIndex(seed: identity.indexSeed)),
            identity: identity,
            from: .init(address: UInt64(bytes.count)),
            clock: { 1_000 }
        )
        for number in 0..<3 { _ = try sequencer.stage(LogFolder.frame(number)) }
        try log.write(bytes + sequencer.bytes, to: path)
        return path
    }

    @Test func `segments roll, and a log of many opens whole`() async throws {
        let log = try LogFolder(options: DiskLogOptions(segmentBytes: 6_000))
        try await log.append(60)
        let paths = try log.segmentPaths()
        #expect(paths.count > 3)
        let opened = try await log.open()
        #expect(opened.recovery.segments == paths.count)
        #expect(opened.recovery.frames == 60)
        #expect(try LogFolder.holds(60, opened))
        try await opened.close()
    }

    @Test func `marks alone never end a segment, whose name is its first position`() async throws {
        let log = try LogFolder(options: DiskLogOptions(segmentBytes: 5_000))
        let opened = try await log.open()
        for step in 0..<100 as Range<Position> {
            _ = try await opened.commit(
                NewFrame(marks: [MarkMove(processor: "p", lane: 0, from: step, to: step + 1)])
            )
        }
        try await opened.close()
        #expect(try log.segmentPaths().count == 1)
        let again = try await log.open()
        #expect(again.recovery.frames == 100)
        #expect(try again.marks(of: "p") == [0: 100])
        try await again.close()
    }

    @Test func `a crash between the end of a segment and the next one leaves a log that goes on`()
        async throws
    {
        let log = try LogFolder(options: DiskLogOptions(segmentBytes: 6_000))
        var count = 0
        while try count == 0 || log.segmentPaths().count < 3 {
            try await log.append(1, from: count)
            count += 1
        }
        // The newest segment was made for the newest frame alone.
        let newest = try #require(try log.segmentPaths().last)
        try FileManager.default.moveItem(atPath: newest, toPath: newest + ".new")
        // The list of segments is written when the next one has been made.
        try FileManager.default.removeItem(atPath: log.folder.path("MANIFEST"))
        let opened = try await log.open()
        #expect(try LogFolder.holds(count - 1, opened))
        #expect(!FileManager.default.fileExists(atPath: newest + ".new"))
        try await opened.close()
        try await log.append(1, from: count - 1)
        let again = try await log.open()
        #expect(try LogFolder.holds(count, again))
        try await again.close()
    }

    @Test func `the newest segment is missed when it is gone, as the one before it is listed`() async throws {
        let log = try LogFolder(options: DiskLogOptions(segmentBytes: 6_000))
        try await log.append(60)
        let newest = try #require(try log.segmentPaths().last)
        try FileManager.default.removeItem(atPath: newest)
        let opened = try await log.open()
        #expect(opened.recovery.damage?.reason == "the segment behind it is gone")
        #expect(opened.readOnlyReason != nil)
        #expect(try LogFolder.holds(Int(opened.lastPosition), opened))
        try await opened.close()
    }

    @Test func `a list of segments of another log is written again, and names no damage`() async throws {
        let log = try LogFolder(options: DiskLogOptions(segmentBytes: 6_000))
        let other = try LogFolder(options: DiskLogOptions(segmentBytes: 6_000))
        try await log.append(30)
        try await other.append(60)
        try log.write(log.bytes(other.folder.path("MANIFEST")), to: log.folder.path("MANIFEST"))
        let opened = try await log.open()
        #expect(opened.recovery.damage == nil)
        #expect(try LogFolder.holds(30, opened))
        try await opened.close()
        let kept = try Manifest(log.bytes(log.folder.path("MANIFEST")))
        #expect(kept.log == opened.identity.id)
    }

    @Test func `a segment that is missing, cut or swapped is damage`() async throws {
        let log = try LogFolder(options: DiskLogOptions(segmentBytes: 6_000))
        try await log.append(60)
        let paths = try log.segmentPaths()
        let second = try log.bytes(paths[1])
        let firstCount = try log.frames(in: log.bytes(paths[0])).count - 1
        let lastFrame = try #require(try log.frames(in: second).last)
        for broken in [[], Array(second[..<lastFrame.lowerBound]), try log.bytes(paths[2])] as [[UInt8]] {
            if broken.isEmpty {
                try FileManager.default.removeItem(atPath: paths[1])
            } else {
                try log.write(broken, to: paths[1])
            }
            let opened = try await log.open()
            #expect(opened.recovery.damage != nil)
            #expect(opened.lastPosition >= Position(firstCount))
            #expect(try LogFolder.holds(Int(opened.lastPosition), opened))
            try await opened.close()
        }
    }

    @Test func `a first segment without a header that can be read is refused, and left alone`() async throws {
        let log = try LogFolder()
        try await log.append(2)
        let path = try log.segmentPaths()[0]
        var bytes = try log.bytes(path)
        bytes[30] ^= 1
        try log.write(bytes, to: path)
        let error = await #expect(throws: EventLogError.self) { try await log.open() }
        #expect(error?.code == "log-damaged")
        #expect(try log.bytes(path) == bytes)
    }

    @Test func `a byte that goes bad while the log is open is an error on reading, never other data`()
        async throws
    {
        let log = try LogFolder()
        try await log.append(3)
        let opened = try await log.open()
        let path = try log.segmentPaths()[0]
        let bytes = try log.bytes(path)
        let second = try log.frames(in: bytes)[1]
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try handle.seek(toOffset: UInt64(second.upperBound - 20))
        try handle.write(contentsOf: Data([bytes[second.upperBound - 20] ^ 1]))
        try handle.close()
        let error = #expect(throws: EventLogError.self) { try opened.read(ReadRequest(.all)) }
        #expect(error?.code == "log-damaged")
        #expect(try opened.read(ReadRequest(.all, after: 2)).events.map(\.position) == [3])
        try await opened.close()
    }
}

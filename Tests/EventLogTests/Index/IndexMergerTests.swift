import Foundation
import TestSupport
import Testing

@testable import EventLog

/// One index file of several is the one that would have been written for all of them at once.
@Suite struct IndexMergerTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func bytes(_ name: String) throws -> [UInt8] {
        let file = try POSIXFileSystem().open(folder.path(name), .read)
        return try file.read(file.size(), at: 0)
    }

    private func merge(_ parts: [SealedPart], to name: String) throws {
        let merger = try #require(IndexMerger(parts, identity: SampleStretch.identity))
        try merger.write(to: folder.path(name), files: POSIXFileSystem())
    }

    /// Writes each stretch to a file of its own, and opens them; segments are numbered from 1.
    private func write(_ sample: SampleStretch, cutAt cuts: [Int]) throws -> [SealedPart] {
        try zip(cuts, cuts.dropFirst()).enumerated().map { number, ends in
            let path = folder.path("\(number).idx")
            try sample.write(ends.0..<ends.1, segment: number + 1, to: path)
            return try SampleStretch.open(path)
        }
    }

    @Test(arguments: 0..<30) func `a merge is what is built over the whole stretch, byte for byte`(
        seed: UInt64
    ) throws {
        var random = SeededRandom(seed: seed)
        let frames = Int.random(in: 0...500, using: &random)
        let sample = SampleStretch(seed: seed, frames: frames, streams: .random(in: 1...400, using: &random))
        let start = Int.random(in: 0...frames, using: &random)
        // Cuts may fall together: a part without frames.
        let inner = (0..<Int.random(in: 0...15, using: &random)).map { _ in
            Int.random(in: start...frames, using: &random)
        }
        let cuts = [start] + inner.sorted() + [frames]
        let parts = try write(sample, cutAt: cuts)
        try merge(parts, to: "merged.idx")
        try sample.write(start..<frames, count: parts.count, to: folder.path("whole.idx"))
        #expect(try bytes("merged.idx") == bytes("whole.idx"))
        try SampleStretch.open(folder.path("merged.idx")).verify()
    }

    @Test func `merges of merges are the merge of all`() throws {
        let sample = SampleStretch(seed: 77, frames: 300, streams: 60)
        let parts = try write(sample, cutAt: [0, 40, 41, 160, 200, 300])
        try merge(Array(parts[..<3]), to: "front.idx")
        try merge(Array(parts[3...]), to: "back.idx")
        try merge(
            [
                try SampleStretch.open(folder.path("front.idx")),
                try SampleStretch.open(folder.path("back.idx")),
            ],
            to: "both.idx"
        )
        try merge(parts, to: "all.idx")
        #expect(try bytes("both.idx") == bytes("all.idx"))
    }

    @Test func `an idempotency key of two parts is the first one's`() throws {
        let sample = SampleStretch(seed: 1, frames: 200, streams: 20)
        let parts = try write(sample, cutAt: [0, 95, 200])
        // `key-0` is that of the frames 0, 90 and 180.
        #expect(try parts[0].known(.idempotency, "key-0")?.ordinals == [0])
        #expect(try parts[1].known(.idempotency, "key-0")?.ordinals == [85])
        try merge(parts, to: "merged.idx")
        let merged = try SampleStretch.open(folder.path("merged.idx"))
        #expect(try merged.known(.idempotency, "key-0")?.ordinals == [0])
        #expect(try merged.known(.idempotency, "key-6")?.ordinals == [6])
    }

    @Test func `keys of one hash are merged by their names`() throws {
        let hash: UInt64 = 1 << 60
        func keys(_ postings: KeyValuePairs<String, UInt32>) -> [RawIndex.Key] {
            postings.map { RawIndex.Key(.tag, $0.key, hash: hash, postings: [$0.value]) }
        }
        let later = IndexStretch(firstSegment: 2, segmentCount: 1, startAddress: 1_000, endAddress: 1_000)
        let parts = [
            try RawIndex(keys: keys(["a": 1, "b": 2, "c": 3])).open(folder.path("1.idx")),
            try RawIndex(stretch: later, base: 10, keys: keys(["b": 4, "bb": 5, "d": 6]), frames: [])
                .open(folder.path("2.idx")),
        ]
        try merge(parts, to: "merged.idx")
        var whole = RawIndex(events: 20)
        whole.stretch.segmentCount = 2
        for (name, ordinals) in [("a", [1]), ("b", [2, 14]), ("bb", [15]), ("c", [3]), ("d", [16])] {
            whole.keys.append(RawIndex.Key(.tag, name, hash: hash, postings: ordinals.map { UInt32($0) }))
        }
        _ = try whole.open(folder.path("whole.idx"))
        #expect(try bytes("merged.idx") == bytes("whole.idx"))
    }

    /// Two empty neighbours that say they cover so many bytes and events each.
    private func neighbours(bytes: UInt64, events: UInt32) throws -> [SealedPart] {
        try [UInt64(0), 1].map { number in
            let stretch = IndexStretch(
                firstSegment: number + 1,
                segmentCount: 1,
                startAddress: number * bytes,
                endAddress: (number + 1) * bytes
            )
            return try RawIndex(stretch: stretch, base: number * Position(events), events: events, frames: [])
                .open(folder.path("\(number).idx"))
        }
    }

    @Test func `what one file can't number isn't merged`() throws {
        let identity = SampleStretch.identity
        #expect(IndexMerger(try neighbours(bytes: 16 << 30, events: 5), identity: identity) == nil)
        #expect(IndexMerger(try neighbours(bytes: (16 << 30) - 8, events: 5), identity: identity) != nil)
        #expect(IndexMerger(try neighbours(bytes: 8, events: 1 << 31), identity: identity) == nil)
        #expect(IndexMerger(try neighbours(bytes: 8, events: (1 << 31) - 1), identity: identity) != nil)
        #expect(IndexMerger([], identity: identity) == nil)
    }

    @Test func `a damaged part isn't merged, and no file is left`() throws {
        let sample = SampleStretch(seed: 3, frames: 100, streams: 30)
        _ = try write(sample, cutAt: [0, 50, 100])
        var changed = try bytes("1.idx")
        changed[changed.count / 2] ^= 4
        try POSIXFileSystem().replace(folder.path("1.idx"), with: changed)
        let parts = try (0..<2).map { try SampleStretch.open(folder.path("\($0).idx")) }
        #expect(throws: EventLogError.self) { try merge(parts, to: "merged.idx") }
        #expect(try POSIXFileSystem().names(in: folder.path) == ["0.idx", "1.idx"])
    }
}

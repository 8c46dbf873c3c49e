import TestSupport
import Testing

@testable import EventLog

/// An index file says what a look at every event says.
@Suite struct SealedPartTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("a.idx")
    }

    @Test(arguments: 0..<12) func `both kinds of part know what a look at every event knows`(
        seed: UInt64
    ) throws {
        let sample = SampleStretch(seed: seed, frames: 20 + Int(seed) * 40, streams: 5 + Int(seed) * 30)
        let range = 7..<sample.frames.count
        try sample.write(range, to: path)
        let sealed = try SampleStretch.open(path)
        try sealed.verify()
        let known = sample.known(range)
        let parts: [any IndexPart] = [sample.index(range), sealed]
        for part in parts {
            for (key, expected) in known { #expect(try part.known(key.kind, key.name) == expected) }
            for kind in [KeyKind.stream, .category, .type, .tag, .idempotency] {
                #expect(try part.known(kind, "unknown") == nil)
                #expect(try part.known(kind, "") == nil)
            }
            try expectFrames(of: part, in: sample, range)
        }
        #expect(sealed.keyCount == known.count)
        let marks = try sealed.marks()
        #expect(marks == SampleStretch.marks(range.upperBound).filter { !$0.value.isEmpty })
    }

    private func expectFrames(of part: any IndexPart, in sample: SampleStretch, _ range: Range<Int>) throws {
        #expect(part.base == sample.base(of: 7))
        #expect(Int(part.eventCount) == sample.eventCount(range))
        #expect(part.frameCount == range.count)
        var ordinal: UInt32 = 0
        for (number, frame) in sample.frames[range].enumerated() {
            let expected = FrameRef(
                address: frame.address,
                firstPosition: part.base + 1 + Position(ordinal),
                length: frame.length
            )
            #expect(try part.frame(number) == expected)
            for _ in frame.events {
                #expect(try part.frameNumber(holding: ordinal) == number)
                ordinal += 1
            }
        }
    }

    @Test func `all names of a kind can be listed`() throws {
        let sample = SampleStretch(seed: 5, frames: 200, streams: 40)
        try sample.write(0..<200, to: path)
        let known = sample.known(0..<200)
        for kind in [KeyKind.stream, .category, .type, .tag, .idempotency] {
            var listed: [String: Int] = [:]
            try SampleStretch.open(path).forEachKey(of: kind) { name, count, _ in
                listed[String(decoding: name, as: UTF8.self)] = count
            }
            let expected = known.filter { $0.key.kind == kind }
            #expect(listed == Dictionary(uniqueKeysWithValues: expected.map { ($0.name, $1.ordinals.count) }))
        }
    }

    @Test func `an index without keys, frames or marks is a file like any other`() throws {
        let stretch = IndexStretch(firstSegment: 1, segmentCount: 1, startAddress: 0, endAddress: 4_096)
        let index = SegmentIndex(base: 9, seed: SampleStretch.seed)
        try IndexFile.write(
            index,
            covering: stretch,
            marks: [:],
            identity: SampleStretch.identity,
            to: path,
            files: POSIXFileSystem()
        )
        let sealed = try SampleStretch.open(path)
        try sealed.verify()
        #expect(sealed.base == 9 && sealed.eventCount == 0 && sealed.frameCount == 0)
        #expect(try sealed.known(.stream, "order-1") == nil)
        #expect(try sealed.marks().isEmpty)
        #expect(throws: EventLogError.self) { try sealed.frame(0) }
        #expect(throws: EventLogError.self) { try sealed.frameNumber(holding: 0) }
    }

    @Test func `one frame without events, and one key, are found`() throws {
        var index = SegmentIndex(base: 9, seed: SampleStretch.seed)
        "try-1".withUTF8Bytes { index.addFrame(address: 4_096, firstOrdinal: 0, length: 64, key: $0) }
        try IndexFile.write(
            index,
            covering: IndexStretch(firstSegment: 1, segmentCount: 1, startAddress: 0, endAddress: 8_192),
            marks: ["p": [0: 9]],
            identity: SampleStretch.identity,
            to: path,
            files: POSIXFileSystem()
        )
        let sealed = try SampleStretch.open(path)
        try sealed.verify()
        #expect(try sealed.known(.idempotency, "try-1")?.ordinals == [0])
        #expect(try sealed.known(.stream, "try-1") == nil)
        #expect(try sealed.frame(0) == FrameRef(address: 4_096, firstPosition: 10, length: 64))
        #expect(try sealed.marks() == ["p": [0: 9]])
    }

    @Test func `names of one hash are told apart`() throws {
        // Enough for several blocks of the filter, of which all but one stay empty.
        let names = ["", "a", "ab", "b", "order-1"] + (100..<200).map { "z\($0)" }
        let keys = [KeyKind.stream, .tag].flatMap { kind in names.map { (kind, $0) } }
        for hash in [0, 1 << 40, 3 << 62, UInt64.max] {
            let raw = RawIndex(
                events: 1_000,
                keys: keys.enumerated().map { number, key in
                    RawIndex.Key(key.0, key.1, hash: hash, postings: [UInt32(number)])
                }
            )
            let sealed = try raw.open(path)
            for (number, key) in keys.enumerated() {
                #expect(try sealed.ordinals(key.0, key.1, hash: hash) == [UInt32(number)])
            }
            #expect(try sealed.ordinals(.tag, "abc", hash: hash) == nil)
            #expect(try sealed.ordinals(.type, "a", hash: hash) == nil)
            #expect(try sealed.ordinals(.tag, "a", hash: hash ^ 1) == nil)
        }
    }

    @Test func `of keys that aren't there one in a hundred passes the filter at most`() {
        var random = SeededRandom(seed: 7)
        let hashes = (0..<20_000).map { _ in random.next() }
        let count = BloomFilter.blockCount(keys: hashes.count)
        var blocks = [BloomFilter.Block](repeating: BloomFilter.Block(), count: count)
        for hash in hashes { blocks[BloomFilter.block(of: hash, among: count)].insert(hash) }
        func passes(_ hash: UInt64) -> Bool {
            blocks[BloomFilter.block(of: hash, among: count)].words.withUnsafeBytes {
                BloomFilter.mayHold(hash, in: $0)
            }
        }
        #expect(hashes.allSatisfy(passes))
        let wrong = (0..<100_000).filter { _ in passes(random.next()) }.count
        #expect(wrong < 1_000)
    }

    @Test func `keys that leave blocks of the filter empty are found`() throws {
        let keys = (0..<5_000).map { RawIndex.Key(.tag, "n\($0)", postings: [1]) }
        let last = keys.sorted { $0.hash < $1.hash }.suffix(200)
        try RawIndex(keys: Array(last)).open(path).verify()
    }

    @Test func `a file that lost its name is read on`() throws {
        let sample = SampleStretch(seed: 3, frames: 60, streams: 9)
        try sample.write(0..<60, to: path)
        let sealed = try SampleStretch.open(path)
        try POSIXFileSystem().remove(path)
        for (key, expected) in sample.known(0..<60) {
            #expect(try sealed.known(key.kind, key.name) == expected)
        }
    }

    @Test func `many readers at once find the same`() async throws {
        let sample = SampleStretch(seed: 4, frames: 900, streams: 2_000)
        try sample.write(0..<900, to: path)
        let sealed = try SampleStretch.open(path)
        let known = sample.known(0..<900)
        let right = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try known.allSatisfy { try sealed.known($0.key.kind, $0.key.name) == $0.value }
                }
            }
            return try await group.reduce(true) { $0 && $1 }
        }
        #expect(right)
    }
}

import Foundation
import TestSupport
import Testing

@testable import EventLog

/// An index file that isn't what was written is noticed before anything of it is believed.
@Suite struct IndexDamageTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("a.idx")
    }

    /// Everything that a part can be asked, each answer apart: nil where it says that the file is damaged.
    private struct Answers {
        var known: [SampleStretch.Known??] = []
        var frames: [FrameRef?] = []
        var numbers: [Int?] = []
        var marks: NamedMarks?

        /// Whether nothing is said that another part doesn't say.
        func agree(with right: Answers) -> Bool {
            zip(known, right.known).allSatisfy { $0 == nil || $0 == $1 }
                && zip(frames, right.frames).allSatisfy { $0 == nil || $0 == $1 }
                && zip(numbers, right.numbers).allSatisfy { $0 == nil || $0 == $1 }
                && (marks == nil || marks == right.marks)
        }
    }

    /// Fails with anything but damage.
    private func unlessDamaged<Answer>(_ ask: () throws -> Answer) throws -> Answer? {
        do {
            return try ask()
        } catch EventLogError.damaged(let file, _, _) {
            #expect(file == path)
            return nil
        }
    }

    private func answers(of part: SealedPart, about keys: [SampleStretch.Key]) throws -> Answers {
        var answers = Answers()
        for key in keys {
            answers.known.append(try unlessDamaged { try part.known(key.kind, key.name) })
        }
        for number in 0..<part.frameCount {
            answers.frames.append(try unlessDamaged { try part.frame(number) })
        }
        for ordinal in 0..<part.eventCount {
            answers.numbers.append(try unlessDamaged { try part.frameNumber(holding: ordinal) })
        }
        answers.marks = try unlessDamaged { try part.marks() }
        return answers
    }

    private func replace(_ bytes: [UInt8]) throws {
        let file = try POSIXFileSystem().open(path, .create)
        try file.write(bytes[...], at: 0)
    }

    private func bytes() throws -> [UInt8] {
        let file = try POSIXFileSystem().open(path, .read)
        return try file.read(file.size(), at: 0)
    }

    private func expectCaught(_ bytes: [UInt8], _ right: Answers, _ keys: [SampleStretch.Key]) throws {
        try replace(bytes)
        guard let part = try unlessDamaged({ try SampleStretch.open(path) }) else { return }
        #expect(throws: EventLogError.self) { try part.verify() }
        #expect(try answers(of: part, about: keys).agree(with: right))
    }

    @Test func `a change of any byte is caught, or nothing that is asked depends on it`() throws {
        let sample = SampleStretch(seed: 1, frames: 9, streams: 4)
        try sample.write(0..<9, to: path)
        let keys = Array(sample.known(0..<9).keys) + [.init(kind: .stream, name: "unknown")]
        let right = try answers(of: SampleStretch.open(path), about: keys)
        let bytes = try bytes()
        var random = SeededRandom(seed: 2)
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= UInt8.random(in: 1...255, using: &random)
            try expectCaught(changed, right, keys)
        }
    }

    @Test func `a change in a file of many blocks is caught where it is met`() throws {
        let sample = SampleStretch(seed: 2, frames: 3_000, streams: 9_000)
        try sample.write(0..<3_000, to: path)
        let keys = Array(sample.known(0..<3_000).keys.sorted { $0.name < $1.name }.prefix(300))
        let right = try answers(of: SampleStretch.open(path), about: keys)
        let bytes = try bytes()
        #expect(bytes.count > 4 * IndexFileLayout.blockSize)
        var random = SeededRandom(seed: 3)
        for _ in 0..<12 {
            var changed = bytes
            changed[Int.random(in: changed.indices, using: &random)] ^=
                1 << UInt8.random(in: 0..<8, using: &random)
            try expectCaught(changed, right, keys)
        }
    }

    @Test func `a file of another length is refused`() throws {
        let sample = SampleStretch(seed: 3, frames: 5, streams: 3)
        try sample.write(0..<5, to: path)
        let bytes = try bytes()
        for count in bytes.indices {
            try replace(Array(bytes[..<count]))
            #expect(try unlessDamaged { try SampleStretch.open(path) } == nil)
        }
        try replace(bytes + [0])
        #expect(try unlessDamaged { try SampleStretch.open(path) } == nil)
        try replace(bytes)
        try SampleStretch.open(path).verify()
    }

    @Test func `a file of another log, or made with another seed, is refused`() throws {
        let sample = SampleStretch(seed: 4, frames: 5, streams: 3)
        try sample.write(0..<5, to: path)
        let right = SampleStretch.identity
        let others = [
            LogIdentity(id: EventID(high: 11, low: 23), scriptSeed: right.scriptSeed),
            LogIdentity(id: right.id, scriptSeed: right.scriptSeed + 1),
        ]
        for other in others {
            let refused = try unlessDamaged {
                try SealedPart(path, identity: other, files: POSIXFileSystem())
            }
            #expect(refused == nil)
        }
    }

    @Test func `the table of checksums of another file isn't taken`() throws {
        // Two files of one length that differ in the header alone.
        let sample = SampleStretch(seed: 5, frames: 5, streams: 3)
        try sample.write(0..<5, segment: 1, to: path)
        let first = try bytes()
        try sample.write(0..<5, segment: 2, to: path)
        let second = try bytes()
        try replace(Array(first[..<IndexFileHeader.size] + second[IndexFileHeader.size...]))
        #expect(try unlessDamaged { try SampleStretch.open(path) } == nil)
    }

    @Test func `numbers that a faulty writer left are caught without a step outside of the file`() throws {
        let sample = SampleStretch(seed: 6, frames: 9, streams: 4)
        try sample.write(0..<9, to: path)
        let keys = Array(sample.known(0..<9).keys)
        let bytes = try bytes()
        let layout = try SampleStretch.open(path).layout
        var random = SeededRandom(seed: 7)
        for place in layout.keys.lowerBound..<layout.checksums.lowerBound {
            var changed = bytes
            changed[place] = UInt8.random(in: 0...255, using: &random)
            seal(&changed, layout)
            try replace(changed)
            let part = try SampleStretch.open(path)
            // The checksums are right, so wrong answers are possible; that each comes, or is refused, is all.
            _ = try answers(of: part, about: keys)
            let isVerified = try unlessDamaged { try part.verify() } != nil
            if changed[place] != bytes[place], isChecked(place, layout) { #expect(!isVerified) }
        }
    }

    /// Whether `verify` can know what a byte should be: not so first revisions and what only frames tell.
    private func isChecked(_ place: Int, _ layout: IndexFileLayout) -> Bool {
        if layout.names.contains(place) { return true }
        guard layout.keys.contains(place) else { return false }
        let isEnd = place >= layout.keys.upperBound - IndexFileLayout.keySize
        let column = (place - layout.keys.lowerBound) % IndexFileLayout.keySize
        return column >= 16 || column < 8 && !isEnd
    }

    /// Gives changed bytes the checksums that belong to them.
    private func seal(_ bytes: inout [UInt8], _ layout: IndexFileLayout) {
        #expect(layout.checksums.count == IndexFileLayout.checksumSize, "one block")
        func put(_ checksum: UInt32, at place: Int) {
            withUnsafeBytes(of: checksum.littleEndian) { bytes.replaceSubrange(place..<place + 4, with: $0) }
        }
        let start = layout.checksums.lowerBound
        put(Array(bytes[..<start]).withRawBytes { Checksum.extend(over: $0) }, at: start)
        let header = bytes.withRawBytes { IndexFileHeader.checksum(of: $0) }
        put(Array(bytes[start..<start + 4]).withRawBytes { Checksum.extend(header, over: $0) }, at: start + 4)
    }

    @Test func `verify names what a faulty writer did`() throws {
        let a = RawIndex.Key(.tag, "a", postings: [1, 2])
        let b = RawIndex.Key(.stream, "b", postings: [3])
        let sorted = [a, b].sorted { $0.hash < $1.hash }
        try RawIndex(keys: sorted).open(path).verify()
        var files: [String: RawIndex] = [
            "keys the wrong way round": RawIndex(keys: sorted.reversed()),
            "a key twice": RawIndex(keys: [a, a]),
            "a key under another's hash": RawIndex(keys: [.init(.tag, "a", hash: a.hash ^ 1, postings: [1])]),
            "postings that go back": RawIndex(keys: [.init(.tag, "a", postings: [2, 1])]),
            "a posting twice": RawIndex(keys: [.init(.tag, "a", postings: [2, 2])]),
            "a posting behind the end": RawIndex(keys: [.init(.tag, "a", postings: [10])]),
            "a key of two frames": RawIndex(keys: [.init(.idempotency, "a", postings: [0, 1])]),
            "a key of a frame behind the end": RawIndex(keys: [.init(.idempotency, "a", postings: [1])]),
            "a name that is no text": RawIndex(keys: [.init(.tag, [0xFF], postings: [1])]),
            "a name that is too long": RawIndex(
                keys: [.init(.tag, [UInt8](repeating: 65, count: 256), postings: [1])]
            ),
            "events without a frame": RawIndex(frames: []),
        ]
        let frames = [
            "a first frame behind the first event": [(0, 2, 8)],
            "frames in one another": [(0, 1, 16), (8, 2, 8)],
            "frames that go back": [(8, 1, 8), (0, 2, 8)],
            "events that go back": [(0, 1, 8), (8, 3, 8), (16, 2, 8)],
            "a frame behind the last event": [(0, 1, 8), (8, 12, 8)],
            "a frame behind the end": [(0, 1, 1_008)],
        ]
        for (fault, frames) in frames {
            files[fault] = RawIndex(
                frames: frames.map {
                    FrameRef(address: UInt64($0.0), firstPosition: Position($0.1), length: UInt32($0.2))
                }
            )
        }
        for (fault, file) in files {
            let part = try file.open(path)
            #expect(throws: EventLogError.self, "\(fault)") { try part.verify() }
        }
    }

    @Test func `a write that fails leaves no file and harms none`() throws {
        let sample = SampleStretch(seed: 8, frames: 5, streams: 3)
        try sample.write(0..<5, to: path)
        let before = try bytes()
        let header = IndexFileHeader(
            identity: SampleStretch.identity,
            stretch: sample.stretch(0..<5),
            base: 0,
            totals: IndexTotals(keys: 1, postings: 2, nameBytes: 3)
        )
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        #expect(throws: EventLogError.self, "a key is missing") {
            try IndexFileWriter.write(header, marks: none, to: path, files: POSIXFileSystem()) { _ in }
        }
        #expect(try POSIXFileSystem().names(in: folder.path) == ["a.idx"])
        #expect(try bytes() == before)
    }
}

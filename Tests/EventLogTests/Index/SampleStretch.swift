import TestSupport

@testable import EventLog

/// A made-up history for the tests of the index, and what a look through all of it says about a key.
struct SampleStretch {
    struct Event {
        let stream: String
        let type: Int
        let tags: [String]
    }

    struct Frame {
        let events: [Event]
        let key: String?
        let address: UInt64
        let length: UInt32
    }

    struct Key: Hashable {
        let kind: KeyKind
        let name: String
    }

    struct Known: Equatable {
        var firstRevision: Revision
        var ordinals: [UInt32]
    }

    static let identity = LogIdentity(id: EventID(high: 11, low: 22), scriptSeed: 33)
    static let seed = identity.indexSeed

    private(set) var frames: [Frame] = []
    private var random: SeededRandom

    init(seed: UInt64, frames count: Int, streams: Int) {
        random = SeededRandom(seed: seed)
        var address: UInt64 = 4_096
        for number in 0..<count {
            let size = [0, 1, 1, 1, 2, 7][Int.random(in: 0..<6, using: &random)]
            let events = (0..<size).map { _ in event(streams: streams) }
            let length = UInt32.random(in: 8...60, using: &random) * 8
            // Some keys are there twice, far apart: the index keeps the first.
            let key = number % 3 == 0 ? "key-\(number % 90)" : nil
            frames.append(Frame(events: events, key: key, address: address, length: length))
            address += UInt64(length)
        }
    }

    private mutating func event(streams: Int) -> Event {
        let number = Int.random(in: 0..<streams, using: &random)
        let tags = (0..<Int.random(in: 0...3, using: &random)).map { _ in
            "tag:\(Int.random(in: 0..<9, using: &random))"
        }
        return Event(
            stream: "\(["order", "customer", "x", "größe"][number % 4])-\(number)",
            type: Int.random(in: 0..<6, using: &random),
            tags: tags
        )
    }

    func eventCount(_ range: Range<Int>) -> Int {
        frames[range].reduce(0) { $0 + $1.events.count }
    }

    /// The position before the first event of a frame.
    func base(of frame: Int) -> Position {
        100 + Position(eventCount(0..<frame))
    }

    /// Where a frame begins, or where the last one ends.
    func address(of frame: Int) -> UInt64 {
        guard frame == frames.count else { return frames[frame].address }
        return frames.last.map { $0.address + UInt64($0.length) } ?? 4_096
    }

    /// What each segment covers, when its number is that of its first frame.
    func stretch(_ range: Range<Int>, segment: Int = 1, count: Int = 1) -> IndexStretch {
        IndexStretch(
            firstSegment: UInt64(segment),
            segmentCount: UInt32(count),
            startAddress: address(of: range.lowerBound),
            endAddress: address(of: range.upperBound)
        )
    }

    static func marks(_ frame: Int) -> NamedMarks {
        ["reserve": [0: Position(frame), 3: 7], "bill": [1: Position(frame) * 2], "none": [:]]
    }

    /// The index of some frames, made as the sequencer does.
    func index(_ range: Range<Int>) -> SegmentIndex {
        var index = SegmentIndex(base: base(of: range.lowerBound), seed: Self.seed)
        for frame in frames[range] {
            let firstOrdinal = index.eventCount
            for event in frame.events {
                let stream = event.stream.withKey(.stream, seed: Self.seed) { key in
                    index.stream(key)
                        ?? index.addStream(
                            key,
                            goingOnAt: revision(of: event.stream, before: range.lowerBound)
                        )
                }
                _ = index.addEvent(stream: stream, type: UInt32(event.type), named: "Type\(event.type)")
                for tag in event.tags { tag.withUTF8Bytes { index.addTag($0) } }
            }
            let key = frame.key.map { Array($0.utf8) }
            if let key {
                key.withRawBytes {
                    index.addFrame(
                        address: frame.address,
                        firstOrdinal: firstOrdinal,
                        length: Int(frame.length),
                        key: $0
                    )
                }
            } else {
                index.addFrame(
                    address: frame.address,
                    firstOrdinal: firstOrdinal,
                    length: Int(frame.length),
                    key: nil
                )
            }
        }
        return index
    }

    private func revision(of stream: String, before frame: Int) -> Revision {
        Revision(frames[..<frame].reduce(0) { $0 + $1.events.filter { $0.stream == stream }.count })
    }

    /// All keys of some frames, by a look at each event.
    func known(_ range: Range<Int>) -> [Key: Known] {
        var known: [Key: Known] = [:]
        func add(_ kind: KeyKind, _ name: String, _ posting: Int) {
            let key = Key(kind: kind, name: name)
            if known[key] == nil {
                let first = kind == .stream ? revision(of: name, before: range.lowerBound) : 0
                known[key] = Known(firstRevision: first, ordinals: [])
            } else if kind == .idempotency || known[key]?.ordinals.last == UInt32(posting) {
                return
            }
            known[key]?.ordinals.append(UInt32(posting))
        }
        var ordinal = 0
        for (number, frame) in frames[range].enumerated() {
            for event in frame.events {
                add(.stream, event.stream, ordinal)
                add(.category, String(event.stream.prefix { $0 != "-" }), ordinal)
                add(.type, "Type\(event.type)", ordinal)
                for tag in event.tags { add(.tag, tag, ordinal) }
                ordinal += 1
            }
            if let key = frame.key { add(.idempotency, key, number) }
        }
        return known
    }

    /// Writes the index of some frames to a file.
    func write(_ range: Range<Int>, segment: Int = 1, count: Int = 1, to path: String) throws {
        try IndexFile.write(
            index(range),
            covering: stretch(range, segment: segment, count: count),
            marks: Self.marks(range.upperBound),
            identity: Self.identity,
            to: path,
            files: POSIXFileSystem()
        )
    }

    /// Opens an index file of the history.
    static func open(_ path: String) throws -> SealedPart {
        try SealedPart(path, identity: identity, files: POSIXFileSystem())
    }
}

extension IndexPart {
    /// What a part says of a key.
    func known(_ kind: KeyKind, _ name: String) throws -> SampleStretch.Known? {
        try name.withKey(kind, seed: SampleStretch.seed) { key throws(EventLogError) in
            try find(key).map { found in
                SampleStretch.Known(firstRevision: found.firstRevision, ordinals: Array(found.ordinals))
            }
        }
    }
}

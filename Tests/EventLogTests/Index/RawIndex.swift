@testable import EventLog

/// An index file with keys and frames of a test's choice, right or wrong, written in the order they come.
struct RawIndex {
    struct Key {
        let hash: UInt64
        let kindAndName: [UInt8]
        let postings: [UInt32]

        /// A key; with its own hash unless another is given.
        init(_ kind: KeyKind, _ name: [UInt8], hash: UInt64? = nil, postings: [UInt32]) {
            kindAndName = [kind.rawValue] + name
            let own = name.withRawBytes { IndexKey(kind, $0, seed: SampleStretch.seed).hash }
            self.hash = hash ?? own
            self.postings = postings
        }

        init(_ kind: KeyKind, _ name: String, hash: UInt64? = nil, postings: [UInt32]) {
            self.init(kind, Array(name.utf8), hash: hash, postings: postings)
        }
    }

    var stretch = IndexStretch(firstSegment: 1, segmentCount: 1, startAddress: 0, endAddress: 1_000)
    var base: Position = 0
    var events: UInt32 = 10
    var keys: [Key] = []
    var frames: [FrameRef] = [FrameRef(address: 0, firstPosition: 1, length: 8)]

    func open(_ path: String) throws -> SealedPart {
        let totals = IndexTotals(
            events: events,
            frames: UInt32(frames.count),
            keys: UInt32(keys.count),
            postings: UInt32(keys.reduce(0) { $0 + $1.postings.count }),
            nameBytes: UInt32(keys.reduce(0) { $0 + $1.kindAndName.count })
        )
        let header = IndexFileHeader(
            identity: SampleStretch.identity,
            stretch: stretch,
            base: base,
            totals: totals
        )
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        try IndexFileWriter.write(header, marks: none, to: path, files: POSIXFileSystem()) {
            (writer: inout IndexFileWriter) throws(EventLogError) in
            for key in keys {
                try key.kindAndName.withRawBytes { bytes throws(EventLogError) in
                    try writer.put(hash: key.hash, kindAndName: bytes, firstRevision: 0)
                }
                try key.postings.withUnsafeBufferPointer { postings throws(EventLogError) in
                    try writer.put(postings, increasedBy: 0)
                }
            }
            for frame in frames { try writer.put(frame) }
        }
        return try SampleStretch.open(path)
    }
}

extension SealedPart {
    /// The ordinals of a key with a hash of the test's choice.
    func ordinals(_ kind: KeyKind, _ name: String, hash: UInt64) throws -> [UInt32]? {
        try Array(name.utf8).withRawBytes { bytes throws(EventLogError) in
            try find(IndexKey(kind, bytes, hash: hash)).map { Array($0.ordinals) }
        }
    }
}

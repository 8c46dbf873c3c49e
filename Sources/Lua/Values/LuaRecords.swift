/// What scripts recorded with `host.record`, oldest first.
///
/// Each record is a cursor over its values; all share one buffer.
public struct LuaRecords: Sequence, Hashable, Sendable {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// True when nothing was recorded.
    public var isEmpty: Bool { bytes.isEmpty }

    /// Walks over the records.
    public func makeIterator() -> Iterator {
        Iterator(bytes: bytes)
    }

    /// A walk over the records.
    public struct Iterator: IteratorProtocol {
        let bytes: [UInt8]
        var place = 0

        /// The next record, or nil behind the last one.
        public mutating func next() -> PackedReader? {
            guard place < bytes.count else { return nil }
            let count = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: UInt32.self) }
            let first = place + 4
            place = first + Int(UInt32(littleEndian: count))
            return PackedReader(bytes, first..<place)
        }
    }
}

/// A cursor over packed values that came out of a VM.
///
/// A copy reads on its own.
///
/// Invariant: the bytes were written by our C code, so a malformed value is a bug of ours, and traps.
public struct PackedReader: Sequence, IteratorProtocol, Sendable {
    private let bytes: [UInt8]
    private var place: Int
    private let end: Int

    init(_ bytes: [UInt8]) {
        self.init(bytes, 0..<bytes.count)
    }

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        place = range.lowerBound
        end = range.upperBound
    }

    /// The next value, or nil behind the last one.
    public mutating func next() -> PackedValue? {
        guard place < end else { return nil }
        let tag = bytes[place]
        place += 1
        switch tag {
        case PackedTag.null: return .null
        case PackedTag.no: return .bool(false)
        case PackedTag.yes: return .bool(true)
        case PackedTag.integer: return .integer(Int64(bitPattern: word()))
        case PackedTag.float: return .float(Double(bitPattern: word()))
        case PackedTag.string: return .string(slice())
        case PackedTag.json: return .json(slice())
        default: preconditionFailure("a packed value came out with the unknown tag \(tag)")
        }
    }

    /// True behind the last value.
    public var isAtEnd: Bool { place == end }

    private mutating func word() -> UInt64 {
        let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: UInt64.self) }
        place += 8
        return UInt64(littleEndian: value)
    }

    private mutating func slice() -> ArraySlice<UInt8> {
        let count = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: UInt32.self) }
        let first = place + 4
        place = first + Int(UInt32(littleEndian: count))
        return bytes[first..<place]
    }
}

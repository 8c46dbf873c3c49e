/// A value on its way between Swift and Lua.
///
/// Bytes are slices of the buffer that was handed over: nothing is copied.
public enum PackedValue: Hashable, Sendable {
    /// `nil` in Lua.
    case null

    /// A boolean.
    case bool(Bool)

    /// An integer; Lua tells it from a float of the same value.
    case integer(Int64)

    /// A float.
    case float(Double)

    /// A string; Lua's strings are bytes, and may not be UTF-8.
    case string(ArraySlice<UInt8>)

    /// A table, as canonical JSON: sorted keys, no white space.
    case json(ArraySlice<UInt8>)

    /// The text of a string; what isn't UTF-8 in it is repaired.
    public var text: String? {
        guard case .string(let bytes) = self else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The value of an integer that fits.
    public var int: Int? {
        guard case .integer(let value) = self else { return nil }
        return Int(exactly: value)
    }
}

/// First byte of each packed value; the encoding is described in `CLua.h`.
@usableFromInline
enum PackedTag {
    @usableFromInline static let null: UInt8 = 0
    @usableFromInline static let no: UInt8 = 1
    @usableFromInline static let yes: UInt8 = 2
    @usableFromInline static let integer: UInt8 = 3
    @usableFromInline static let float: UInt8 = 4
    @usableFromInline static let string: UInt8 = 5
    @usableFromInline static let json: UInt8 = 6
    @usableFromInline static let object: UInt8 = 7
    @usableFromInline static let list: UInt8 = 8
    @usableFromInline static let shaped: UInt8 = 9
    @usableFromInline static let fields: UInt8 = 10
    @usableFromInline static let uuid: UInt8 = 11
}

/// One JSON value, held in memory.
///
/// For what the host itself has to understand: parameters, options, state shown to a person. Events' data
/// never takes this form; it stays bytes (`JSONSpans`, `JSONWriter.raw`). Two traits differ from the bytes,
/// both of Swift's `String`: members whose names are canonically equivalent Unicode are one member, and their
/// order is not kept.
public enum JSONValue: Hashable, Sendable {
    /// `null`.
    case null

    /// `true` or `false`.
    case bool(Bool)

    /// A number without fraction and exponent, exact.
    case integer(Int64)

    /// Any other number; always finite when it was parsed.
    case float(Double)

    /// Text.
    case string(String)

    /// A list.
    case array([JSONValue])

    /// Members by name.
    case object([String: JSONValue])

    /// Deepest nesting that is read or written; the same number as in the Lua layer, so that what enters can
    /// be decoded.
    public static let depthMax = 64

    /// The word for what this is, as error texts use it.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .integer: "an integer"
        case .float: "a float"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONValue {
    /// The member of this name, or nil when there is none or this is no object.
    public subscript(key: String) -> JSONValue? { object?[key] }

    /// The element at this index, from 0, or nil when there is none or this is no array.
    public subscript(index: Int) -> JSONValue? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }

    /// Whether this is `null`.
    public var isNull: Bool { self == .null }

    /// The truth value, or nil when this is something else.
    public var bool: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The integer, or nil when this is something else; a float is not an integer, even `1.0`.
    public var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The number as a double (an integer beyond 2^53 is rounded), or nil when this is no number.
    public var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .float(let value): value
        default: nil
        }
    }

    /// The text, or nil when this is something else.
    public var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The elements, or nil when this is something else.
    public var array: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members, or nil when this is something else.
    public var object: [String: JSONValue]? {
        if case .object(let value) = self { value } else { nil }
    }
}

/// The members of one JSON object, each value as the bytes that came, checked.
///
/// Typed reads treat an absent member and `null` alike, and refuse a value of another kind by name.
public struct JSONObjectReader: Hashable, Sendable {
    struct Member: Hashable, Sendable {
        let name: String
        let raw: ArraySlice<UInt8>
    }

    /// In the order of the text; a name may come more than once.
    private let members: [Member]

    init(members: [Member]) { self.members = members }

    /// Checks the whole text, with the rules of `JSONValue(parsing:)`, and splits the object that it must be.
    /// - Throws: `JSONError.syntax` with the place of the first fault; `JSONError.wrongKind` when it is no
    ///   object.
    public init(parsing bytes: ArraySlice<UInt8>) throws(JSONError) {
        switch try JSONSpans(parsing: bytes) {
        case .object(let reader): self = reader
        case .array: throw .wrongKind(member: "body", expected: "an object", found: "an array")
        case .scalar(let value): throw .wrongKind(member: "body", expected: "an object", found: value.kind)
        }
    }

    /// The names of the members, in the order of the text.
    public var names: [String] { members.map(\.name) }

    /// The bytes of a member's value, without white space around them; of members with one name, the last
    /// wins.
    public func raw(_ name: String) -> ArraySlice<UInt8>? {
        members.last { $0.name == name }?.raw
    }

    /// The bytes of a member's value, which must be an object; nil when it is absent or `null`.
    /// - Throws: `JSONError.wrongKind`.
    public func rawObject(_ name: String) throws(JSONError) -> ArraySlice<UInt8>? {
        // The bytes are checked JSON, so the first one tells the kind.
        guard let raw = raw(name), raw.first != UInt8(ascii: "n") else { return nil }
        if raw.first == UInt8(ascii: "{") { return raw }
        throw .wrongKind(member: name, expected: "an object", found: try JSONValue(parsing: raw).kind)
    }

    /// A member's value, parsed; nil when it is absent or `null`.
    public func value(_ name: String) throws(JSONError) -> JSONValue? {
        guard let raw = raw(name) else { return nil }
        let value = try JSONValue(parsing: raw)
        return value.isNull ? nil : value
    }

    /// A member that is a string; nil when it is absent or `null`.
    /// - Throws: `JSONError.wrongKind`.
    public func string(_ name: String) throws(JSONError) -> String? {
        try read(name, "a string") { $0.string }
    }

    /// A member that is an integer; nil when it is absent or `null`.
    /// - Throws: `JSONError.wrongKind`.
    public func integer(_ name: String) throws(JSONError) -> Int64? {
        try read(name, "an integer") { $0.integer }
    }

    /// A member that is `true` or `false`; nil when it is absent or `null`.
    /// - Throws: `JSONError.wrongKind`.
    public func bool(_ name: String) throws(JSONError) -> Bool? {
        try read(name, "true or false") { $0.bool }
    }

    /// A member that is a list of strings; nil when it is absent or `null`.
    /// - Throws: `JSONError.wrongKind`.
    public func strings(_ name: String) throws(JSONError) -> [String]? {
        try read(name, "a list of strings") { value in
            guard let strings = value.array?.compactMap(\.string), strings.count == value.array?.count else {
                return nil
            }
            return strings
        }
    }

    /// The raw bytes of the elements of a member that is an array; nil when it is absent or `null`.
    /// - Throws: `JSONError.wrongKind`.
    public func rawElements(_ name: String) throws(JSONError) -> [ArraySlice<UInt8>]? {
        guard let raw = raw(name) else { return nil }
        switch try JSONSpans(parsing: raw) {
        case .array(let elements): return elements
        case .scalar(.null): return nil
        case .scalar(let value): throw .wrongKind(member: name, expected: "an array", found: value.kind)
        case .object: throw .wrongKind(member: name, expected: "an array", found: "an object")
        }
    }

    /// What `read` finds, insisting that it is there.
    /// - Throws: `JSONError.missing`, or what `read` throws.
    public func required<Value>(
        _ name: String,
        _ read: (JSONObjectReader) -> (String) throws(JSONError) -> Value?
    ) throws(JSONError) -> Value {
        guard let value = try read(self)(name) else { throw .missing(member: name) }
        return value
    }

    private func read<Value>(
        _ name: String,
        _ kind: String,
        _ convert: (JSONValue) -> Value?
    ) throws(JSONError) -> Value? {
        guard let value = try value(name) else { return nil }
        guard let result = convert(value) else {
            throw .wrongKind(member: name, expected: kind, found: value.kind)
        }
        return result
    }
}

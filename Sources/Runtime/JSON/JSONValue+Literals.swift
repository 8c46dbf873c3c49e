// There is none for `nil`: in an optional, `nil` would then silently mean either absent or `null`.

extension JSONValue: ExpressibleByBooleanLiteral {
    /// `true` and `false` are themselves.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONValue: ExpressibleByIntegerLiteral {
    /// `1` is an integer.
    public init(integerLiteral value: Int64) { self = .integer(value) }
}

extension JSONValue: ExpressibleByFloatLiteral {
    /// `1.0` is a float.
    public init(floatLiteral value: Double) { self = .float(value) }
}

extension JSONValue: ExpressibleByStringLiteral {
    /// `"text"` is a string.
    public init(stringLiteral value: String) { self = .string(value) }
}

extension JSONValue: ExpressibleByArrayLiteral {
    /// `[1, "a"]` is an array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    /// `["a": 1]` is an object; of members with one name, the last wins.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}

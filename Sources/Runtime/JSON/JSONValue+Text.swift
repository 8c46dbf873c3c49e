extension JSONValue {
    /// Parses one JSON text (RFC 8259), strictly.
    ///
    /// Refused beside what the grammar refuses: anything behind the value, nesting deeper than `depthMax`,
    /// integers beyond 64 bits, numbers beyond a double, invalid UTF-8, lone surrogates. Of members with one
    /// name, the last wins.
    /// - Parameter bytes: the UTF-8 of the text.
    /// - Throws: `JSONError.syntax` with the place of the first fault.
    public init(parsing bytes: some Collection<UInt8>) throws(JSONError) {
        self = try JSONParser.parse(bytes) { (parser) throws(JSONError) in try parser.document() }
    }

    /// Parses one JSON text, strictly, like `init(parsing:)` of its bytes.
    public init(parsing text: String) throws(JSONError) {
        try self.init(parsing: text.utf8)
    }

    /// The canonical bytes: no white space, members sorted by the bytes of their names, floats shortest and
    /// never looking like integers.
    /// - Throws: `JSONError.notFinite`, `JSONError.tooDeep`.
    public func bytes() throws(JSONError) -> [UInt8] {
        var writer = JSONWriter()
        try writer.value(self)
        return writer.bytes
    }

    /// The canonical bytes as text.
    /// - Throws: like `bytes()`.
    public func text() throws(JSONError) -> String {
        String(decoding: try bytes(), as: UTF8.self)
    }
}

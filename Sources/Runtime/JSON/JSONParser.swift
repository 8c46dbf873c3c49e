/// The grammar of RFC 8259 over bytes: one pass, no look-behind, bounded depth.
///
/// It either builds `JSONValue`s or, with `builds` off, only checks; one grammar serves both, so a slice that
/// was checked by `JSONSpans` is exactly what `JSONValue(parsing:)` accepts. Strings are in
/// `JSONParser+String.swift`, numbers in `JSONParser+Number.swift`.
struct JSONParser {
    /// Valid for the length of the call to `parse` that made this parser; the parser never leaves that call.
    let bytes: UnsafeBufferPointer<UInt8>

    /// The next byte to look at; at most `bytes.count`.
    var offset = 0

    /// Off: values are only checked; strings come out empty, and containers as `.null`.
    var builds = true

    /// Runs `body` with a parser over the bytes, without copying them when they lie in one piece.
    static func parse<Result>(
        _ bytes: some Collection<UInt8>,
        _ body: (inout JSONParser) throws(JSONError) -> Result
    ) throws(JSONError) -> Result {
        func run(_ buffer: UnsafeBufferPointer<UInt8>) -> Swift.Result<Result, JSONError> {
            Swift.Result { () throws(JSONError) in
                var parser = JSONParser(bytes: buffer)
                return try body(&parser)
            }
        }
        if let result = bytes.withContiguousStorageIfAvailable(run) { return try result.get() }
        return try Array(bytes).withUnsafeBufferPointer(run).get()
    }

    /// One value with nothing but white space around it.
    mutating func document() throws(JSONError) -> JSONValue {
        let result = try value(depth: 0)
        try end()
        return result
    }

    /// Nothing but white space up to the end.
    mutating func end() throws(JSONError) {
        skipSpace()
        if offset < bytes.count { throw fault(.trailing) }
    }

    /// One value with the white space before it; `depth` is the number of containers around it.
    mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"):
            var members: [String: JSONValue] = [:]
            try object(depth: depth) { (parser, name) throws(JSONError) in
                let value = try parser.value(depth: depth + 1)
                if parser.builds { members[name] = value }
            }
            return builds ? .object(members) : .null
        case UInt8(ascii: "["):
            var elements: [JSONValue] = []
            try array(depth: depth) { (parser) throws(JSONError) in
                let value = try parser.value(depth: depth + 1)
                if parser.builds { elements.append(value) }
            }
            return builds ? .array(elements) : .null
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
        case nil: throw fault(.unexpectedEnd)
        default: throw fault(.noValue)
        }
    }

    /// The members of an object; `member` must consume one value with the white space before it.
    mutating func object(
        depth: Int,
        _ member: (inout JSONParser, String) throws(JSONError) -> Void
    ) throws(JSONError) {
        try open(depth: depth)
        if take(UInt8(ascii: "}")) { return }
        repeat {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw fault(.noName) }
            let name = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault(.noColon) }
            try member(&self, name)
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault(.noCommaInObject) }
    }

    /// The elements of an array; `element` must consume one value with the white space before it.
    mutating func array(
        depth: Int,
        _ element: (inout JSONParser) throws(JSONError) -> Void
    ) throws(JSONError) {
        try open(depth: depth)
        if take(UInt8(ascii: "]")) { return }
        repeat {
            try element(&self)
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault(.noCommaInArray) }
    }

    private mutating func open(depth: Int) throws(JSONError) {
        if depth >= JSONValue.depthMax { throw fault(.tooDeep) }
        offset += 1
        skipSpace()
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let start = offset
        for index in 0..<word.utf8CodeUnitCount where !take(word.utf8Start[index]) {
            throw offset == bytes.count ? fault(.unexpectedEnd) : fault(.noValue, at: start)
        }
        return value
    }
}

extension JSONParser {
    /// The next byte, or nil at the end.
    var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    /// Goes past the next byte if it is this one.
    mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        offset += 1
        return true
    }

    mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    /// The error for a fault here, or at an earlier offset; at the end every fault is that the text ended.
    func fault(_ fault: JSONFault, at place: Int? = nil) -> JSONError {
        let offset = place ?? offset
        let shown = offset == bytes.count ? .unexpectedEnd : fault
        return .syntax(shown, at: JSONPlace(offset: offset, in: bytes))
    }
}

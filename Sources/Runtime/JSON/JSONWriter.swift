/// Appends one JSON text to bytes, piece by piece, and takes finished JSON in as it is.
///
/// It sets the commas; members keep the caller's order, while a `JSONValue` is written canonically. Calls
/// that don't add up to one value (an `end` too many, a value without a name in an object) are faults of the
/// caller, and aren't checked here.
public struct JSONWriter: Sendable {
    /// What has been written so far.
    public private(set) var bytes: [UInt8]

    /// Whether the next value is not the first of its container.
    private var needsComma = false

    /// An empty text.
    /// - Parameter capacity: bytes to make room for at once.
    public init(capacity: Int = 256) {
        bytes = []
        bytes.reserveCapacity(capacity)
    }

    /// Opens an object, as a value.
    public mutating func beginObject() { begin(UInt8(ascii: "{")) }

    /// Closes the innermost object.
    public mutating func endObject() { end(UInt8(ascii: "}")) }

    /// Opens an array, as a value.
    public mutating func beginArray() { begin(UInt8(ascii: "[")) }

    /// Closes the innermost array.
    public mutating func endArray() { end(UInt8(ascii: "]")) }

    /// Writes a member's name; its value must follow.
    public mutating func name(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a value that is JSON already, byte by byte; it must have been checked.
    public mutating func raw(_ json: some Collection<UInt8>) {
        separate()
        bytes += json
    }

    /// Writes `null`.
    public mutating func null() { raw("null".utf8) }

    /// Writes `true` or `false`.
    public mutating func bool(_ value: Bool) { raw(value ? "true".utf8 : "false".utf8) }

    /// Writes an integer, exact.
    public mutating func integer(_ value: some BinaryInteger) { raw(String(value).utf8) }

    /// Writes the shortest text that reads back as the same double; it always has a fraction or an exponent,
    /// so that it doesn't come back as an integer.
    /// - Throws: `JSONError.notFinite`; nothing was written.
    public mutating func float(_ value: Double) throws(JSONError) {
        guard value.isFinite else { throw .notFinite }
        // Swift's description is shortest round-trip, and writes 1.0, 1e+16, 5e-324: all valid JSON.
        raw(value.description.utf8)
    }

    /// Writes a string; what JSON demands is escaped, everything else stays UTF-8.
    public mutating func string(_ value: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0x08: bytes += #"\b"#.utf8
            case 0x09: bytes += #"\t"#.utf8
            case 0x0A: bytes += #"\n"#.utf8
            case 0x0C: bytes += #"\f"#.utf8
            case 0x0D: bytes += #"\r"#.utf8
            case 0..<0x20: bytes += [0x5C, 0x75, 0x30, 0x30, hexDigit(byte >> 4), hexDigit(byte & 0xF)]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a value canonically: members sorted by the bytes of their names.
    /// - Throws: `JSONError.notFinite`, `JSONError.tooDeep`; what was written before the fault stays.
    public mutating func value(_ value: JSONValue) throws(JSONError) { try write(value, depth: 0) }

    private mutating func write(_ value: JSONValue, depth: Int) throws(JSONError) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .float(let value): try float(value)
        case .string(let value): string(value)
        case .array(let elements):
            if depth >= JSONValue.depthMax { throw .tooDeep }
            beginArray()
            for element in elements { try write(element, depth: depth + 1) }
            endArray()
        case .object(let members):
            if depth >= JSONValue.depthMax { throw .tooDeep }
            beginObject()
            // By bytes: Swift's own order of strings is by Unicode normal form, which nothing else shares.
            for (key, value) in members.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
                name(key)
                try write(value, depth: depth + 1)
            }
            endObject()
        }
    }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    private func hexDigit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x57 + nibble }
}

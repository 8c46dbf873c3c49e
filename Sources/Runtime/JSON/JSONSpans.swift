/// A JSON text split at its top level; what lies deeper was checked and stays bytes.
///
/// The way in for events over HTTP: a body is one event or a list of them, and the bytes of `data` go from
/// the request to the log as they came.
public enum JSONSpans: Hashable, Sendable {
    /// The text is an object.
    case object(JSONObjectReader)

    /// The text is an array; the raw bytes of its elements.
    case array([ArraySlice<UInt8>])

    /// The text is a string, a number, a truth value or null.
    case scalar(JSONValue)

    /// Checks the whole text, with the rules of `JSONValue(parsing:)`, and splits it.
    /// - Throws: `JSONError.syntax` with the place of the first fault.
    public init(parsing bytes: ArraySlice<UInt8>) throws(JSONError) {
        self = try JSONParser.parse(bytes) { (parser) throws(JSONError) in
            let spans = try Self.split(bytes, with: &parser)
            try parser.end()
            return spans
        }
    }

    private static func split(
        _ bytes: ArraySlice<UInt8>,
        with parser: inout JSONParser
    ) throws(JSONError) -> JSONSpans {
        parser.skipSpace()
        switch parser.peek {
        case UInt8(ascii: "{"):
            var members: [JSONObjectReader.Member] = []
            try parser.object(depth: 0) { (parser, name) throws(JSONError) in
                members.append(.init(name: name, raw: try span(of: bytes, with: &parser)))
            }
            return .object(JSONObjectReader(members: members))
        case UInt8(ascii: "["):
            var elements: [ArraySlice<UInt8>] = []
            try parser.array(depth: 0) { (parser) throws(JSONError) in
                elements.append(try span(of: bytes, with: &parser))
            }
            return .array(elements)
        default:
            return .scalar(try parser.value(depth: 0))
        }
    }

    /// Checks one value without building it, and returns its bytes without the white space around it.
    private static func span(
        of bytes: ArraySlice<UInt8>,
        with parser: inout JSONParser
    ) throws(JSONError) -> ArraySlice<UInt8> {
        parser.skipSpace()
        let start = parser.offset
        parser.builds = false
        _ = try parser.value(depth: 1)
        parser.builds = true
        return bytes[(bytes.startIndex + start)..<(bytes.startIndex + parser.offset)]
    }
}

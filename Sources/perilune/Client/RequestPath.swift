/// A path and its parameters, percent-encoded piece by piece: a name can hold anything, and stays one
/// segment.
struct RequestPath {
    /// Ready to stand behind the host's address.
    let text: String

    /// Segments in order, and parameters; one whose value is nil is left out.
    init(_ segments: [String], _ parameters: [(name: String, value: String?)] = []) {
        let path = segments.map { "/" + Self.encode($0) }.joined()
        let query = parameters.compactMap { name, value in
            value.map { Self.encode(name) + "=" + Self.encode($0) }
        }
        text = query.isEmpty ? path : path + "?" + query.joined(separator: "&")
    }

    /// Everything but the unreserved characters of RFC 3986, and the dots of a segment that is nothing else,
    /// which clients and proxies would take for a step in the path.
    static func encode(_ text: String) -> String {
        let isDots = text == "." || text == ".."
        return text.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                String(UnicodeScalar(byte))
            case UInt8(ascii: ".") where !isDots: "."
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }.joined()
    }
}

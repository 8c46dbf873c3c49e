/// An absolute `http` or `https` URL, taken apart once: what is checked is what is connected to.
///
/// The grammar is that of RFC 3986 without what makes two readers disagree: no user, no fragment, no raw
/// bytes beyond ASCII, no dot segments, and a host that is a name, a dotted quad or an IPv6 address in
/// brackets. `2130706433`, `127.1` and `0x7f.1`, which some read as addresses, are no hosts.
public struct OutboundURL: Hashable, Sendable, CustomStringConvertible {
    /// `http` or `https`.
    public let scheme: String

    /// In lower case, without brackets.
    public let host: String

    /// From 1 to 65535.
    public let port: Int

    /// Begins with `/`.
    public let path: String

    /// With its `?`; empty when there is none.
    public let query: String

    /// Bytes of a URL: what common servers take.
    static let bytesMax = 8_192

    /// Why a text is no URL that a step can call.
    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    /// Whether connections are encrypted.
    public var isSecure: Bool { scheme == "https" }

    /// The host as an address, when it is one.
    public var address: NetworkAddress? { NetworkAddress(host) }

    /// `https://carrier.example`, with the port where it isn't the scheme's own.
    public var origin: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(name)" + (port == (isSecure ? 443 : 80) ? "" : ":\(port)")
    }

    /// The whole URL.
    public var text: String { origin + path + query }

    /// Without the query, which may hold what is no business of a log.
    public var description: String { origin + path }

    init(_ text: String) throws(Malformed) {
        guard text.utf8.count <= Self.bytesMax else {
            throw Malformed(description: "a URL has at most \(Self.bytesMax) bytes")
        }
        guard let end = text.firstRange(of: "://"),
            ["http", "https"].contains(text[..<end.lowerBound].lowercased())
        else { throw Malformed(description: "it must begin with https:// or http://") }
        scheme = text[..<end.lowerBound].lowercased()
        try Self.check(text)
        let rest = text[end.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let target = rest[authority.endIndex...]
        (host, port) = try Self.hostAndPort(authority, standard: scheme == "https" ? 443 : 80)
        let path = target.prefix { $0 != "?" }
        self.path = path.isEmpty ? "/" : String(path)
        query = String(target[path.endIndex...])
        try Self.checkSegments(self.path)
    }

    /// RFC 3986: unreserved and reserved characters and whole percent escapes, but no fragment.
    private static func check(_ text: String) throws(Malformed) {
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "#"):
                throw Malformed(description: "it has a fragment (#…), which is never sent")
            case UInt8(ascii: "%"):
                let digits = bytes.prefix(2)
                guard digits.count == 2, digits.allSatisfy(isHexadecimal) else {
                    throw Malformed(description: "it has a % without two hexadecimal digits")
                }
            case let byte where isPlain(byte): continue
            default:
                throw Malformed(description: "it has a character that must be written as %…")
            }
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || "-._~:/?[]@!$&'()*+,;=".utf8.contains(byte)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        Character(UnicodeScalar(byte)).isHexDigit
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    private static func hostAndPort(
        _ authority: Substring,
        standard: Int
    ) throws(Malformed) -> (String, Int) {
        guard !authority.contains("@") else { throw Malformed(description: "it must not name a user") }
        var host = authority
        var digits: Substring?
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else {
                throw Malformed(description: "its address has no closing bracket")
            }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":"), host.contains(":"),
                NetworkAddress(String(host)) != nil
            else { throw Malformed(description: "[\(host)] is no IPv6 address") }
            digits = rest.isEmpty ? nil : rest.dropFirst()
        } else {
            if let colon = authority.firstIndex(of: ":") {
                host = authority[..<colon]
                digits = authority[authority.index(after: colon)...]
            }
            guard isName(host) || NetworkAddress(String(host)) != nil else {
                throw Malformed(description: "\(String(host).debugDescription) is no name of a host")
            }
        }
        guard let digits else { return (host.lowercased(), standard) }
        guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let port = Int(digits), (1...65_535).contains(port)
        else { throw Malformed(description: "\(String(digits).debugDescription) is no port") }
        return (host.lowercased(), port)
    }

    /// Labels of letters, digits, `-` and `_`; the last is no number, which could be read as an address.
    private static func isName(_ host: Substring) -> Bool {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...253).contains(host.utf8.count), let last = labels.last else { return false }
        let isFine = labels.allSatisfy { label in
            (1...63).contains(label.utf8.count)
                && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 45 || $0 == 95 }
        }
        return isFine && !last.utf8.allSatisfy { (48...57).contains($0) }
            && !last.lowercased().hasPrefix("0x")
    }

    /// A path means one thing to everybody: no part of it is `.` or `..`, escaped or not.
    private static func checkSegments(_ path: String) throws(Malformed) {
        var plain = ""
        var bytes = Array(path.utf8)[...]
        while let byte = bytes.popFirst() {
            if byte == UInt8(ascii: "%") {
                let escaped = UInt8(String(decoding: bytes.prefix(2), as: UTF8.self), radix: 16) ?? 0
                bytes = bytes.dropFirst(2)
                plain.unicodeScalars.append(UnicodeScalar(escaped))
            } else {
                plain.unicodeScalars.append(UnicodeScalar(byte))
            }
        }
        let parts = plain.split { $0 == "/" || $0 == "\\" }
        guard !parts.contains(where: { $0 == "." || $0 == ".." }) else {
            throw Malformed(description: "its path must not have the parts . and ..")
        }
    }
}

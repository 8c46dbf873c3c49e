/// Where a server listens: a host and a port, written `127.0.0.1:7070` or `[::1]:7070`.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name or an IP address, without brackets.
    public let host: String

    /// 1 to 65535; 0 lets the operating system choose.
    public let port: Int

    /// The default: this machine alone, port 7070.
    public static let standard = ListenAddress(host: "127.0.0.1", port: 7070)

    /// An address of these parts.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads HOST:PORT, where an IPv6 host stands in brackets.
    /// - Throws: `ServerError.invalidAddress`.
    public init(_ text: String) throws(ServerError) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...])
        else { throw .invalidAddress(text) }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            throw .invalidAddress(text)
        }
        guard !host.isEmpty else { throw .invalidAddress(text) }
        self.init(host: host, port: Int(port))
    }

    /// Whether only this machine can reach it.
    ///
    /// A name other than `localhost` may resolve to anything, so it isn't.
    public var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// HOST:PORT, as it is read.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// To which addresses the name of an allowed origin may lead.
///
/// Whoever connects asks it about the very address that it then connects to: a name says nothing, since its
/// owner can let it lead anywhere, and somewhere else the next time.
public enum OutboundReach: Hashable, Sendable {
    /// Places on the Internet alone.
    case `public`

    /// Those, and networks of one's own; not the machine itself, nor its link.
    case `private`

    /// The machine itself alone.
    case loopback

    /// This address, which the app lists.
    case address(NetworkAddress)

    /// Whether a connection to the address may be made.
    public func permits(_ address: NetworkAddress) -> Bool {
        switch self {
        case .public: address.kind == .public
        case .private: address.kind == .public || address.kind == .private
        case .loopback: address.kind == .loopback
        case .address(let listed): address == listed
        }
    }
}

/// The app's list of where its steps may call: `allow` in `app.lua`.
///
/// An entry is an origin with an optional beginning of a path: `"https://carrier.example/v1"`, or
/// `{ "http://stock.internal:8080", private = true }`. Nothing is allowed that isn't listed.
struct AllowedOrigins: Sendable {
    /// Entries that an app may list: a list that a person reads before it goes live.
    static let entriesMax = 100

    private struct Entry: Sendable {
        let url: OutboundURL
        let reach: OutboundReach

        func covers(_ other: OutboundURL) -> Bool {
            guard other.origin == url.origin else { return false }
            // /v1 covers /v1 and /v1/labels, not /v10.
            let path = url.path.hasSuffix("/") ? url.path : url.path + "/"
            return path == "/" || (other.path + "/").hasPrefix(path)
        }
    }

    private let entries: [Entry]

    /// Nothing is allowed.
    init() { entries = [] }

    /// Reads what `app.lua` assigned to `allow`.
    ///
    /// - Throws: `RuntimeError.invalidApp`, naming the entry.
    init(_ list: [JSONValue]) throws(RuntimeError) {
        guard list.count <= Self.entriesMax else {
            throw .invalidApp("allow lists more than \(Self.entriesMax) origins")
        }
        var entries: [Entry] = []
        for (index, item) in list.enumerated() {
            do throws(OutboundURL.Malformed) { entries.append(try Self.entry(item)) } catch {
                throw .invalidApp("allow[\(index + 1)]: \(error)")
            }
        }
        self.entries = entries
    }

    /// How far a call to the URL may reach; nil when it isn't allowed.
    ///
    /// With several entries that cover it, the first one counts.
    func reach(of url: OutboundURL) -> OutboundReach? {
        entries.first { $0.covers(url) }?.reach
    }

    private static func entry(_ item: JSONValue) throws(OutboundURL.Malformed) -> Entry {
        let text = item.string ?? item["url"]?.string ?? ""
        let isPrivate = item["private"]?.bool ?? false
        let url = try OutboundURL(text)
        guard url.query.isEmpty else {
            throw OutboundURL.Malformed(description: "an origin has no query")
        }
        return Entry(url: url, reach: try reach(url, isPrivate: isPrivate))
    }

    private static func reach(
        _ url: OutboundURL,
        isPrivate: Bool
    ) throws(OutboundURL.Malformed) -> OutboundReach {
        if let address = url.address {
            guard address.kind != .unusable else {
                throw OutboundURL.Malformed(description: "\(address) is the address of no server")
            }
            return .address(address)
        }
        // A name that means the machine itself (RFC 6761), and says so.
        if url.host == "localhost" || url.host.hasSuffix(".localhost") { return .loopback }
        return isPrivate ? .private : .public
    }
}

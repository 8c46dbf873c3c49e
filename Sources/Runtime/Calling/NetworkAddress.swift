import Foundation

/// An IPv4 or IPv6 address, and what kind of place it is: what a step may connect to is decided on it.
///
/// The kinds are those of the IANA special-purpose address registries (RFC 6890 and what followed). An IPv6
/// address that carries an IPv4 one (mapped, translated, tunnelled) is of the kind of what it carries.
public struct NetworkAddress: Hashable, Sendable, CustomStringConvertible {
    /// Where an address leads.
    public enum Kind: String, Sendable, CaseIterable {
        /// A place on the Internet.
        case `public`

        /// A network of one's own: RFC 1918, RFC 4193, and the carriers' 100.64.0.0/10 (RFC 6598).
        case `private`

        /// The machine itself.
        case loopback

        /// The link: the machine's neighbours, and the metadata services of clouds.
        case linkLocal = "link-local"

        /// No single place: unspecified, multicast, broadcast, reserved, for documentation.
        case unusable
    }

    /// 4 or 16 bytes, the most significant first.
    public let bytes: [UInt8]

    /// An address of 4 or 16 bytes; nil for any other number.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Reads a dotted quad of decimal numbers, or an IPv6 address without a zone.
    public init?(_ text: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        let family = text.contains(":") ? AF_INET6 : AF_INET
        guard !text.contains("\0"), inet_pton(family, text, &bytes) == 1 else { return nil }
        self.bytes = family == AF_INET6 ? bytes : Array(bytes.prefix(4))
    }

    /// As it is written.
    public var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = bytes.count == 4 ? AF_INET : AF_INET6
        precondition(inet_ntop(family, bytes, &text, socklen_t(text.count)) != nil, "an address is printable")
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// What kind of place it is.
    public var kind: Kind {
        let table = bytes.count == 4 ? Self.kindsOfFour : Self.kindsOfSixteen
        if let carried { return carried.kind }
        return table.first { $0.block.contains(bytes) }?.kind ?? (bytes.count == 4 ? .public : .unusable)
    }

    /// The IPv4 address inside an IPv6 one.
    private var carried: NetworkAddress? {
        guard bytes.count == 16 else { return nil }
        return Self.carriers.first { $0.block.contains(bytes) }.flatMap { carrier in
            NetworkAddress(
                bytes: bytes[carrier.first..<carrier.first + 4].map { carrier.isInverted ? ~$0 : $0 }
            )
        }
    }

    /// A CIDR block.
    private struct Block: Sendable {
        let bytes: [UInt8]
        let bits: Int

        init(_ text: String, _ bits: Int) {
            guard let address = NetworkAddress(text) else { preconditionFailure("\(text) is no address") }
            bytes = address.bytes
            self.bits = bits
        }

        func contains(_ address: [UInt8]) -> Bool {
            guard address.count == bytes.count else { return false }
            let whole = bits / 8
            guard address.prefix(whole) == bytes.prefix(whole) else { return false }
            let rest = bits % 8
            return rest == 0 || (address[whole] ^ bytes[whole]) >> (8 - rest) == 0
        }
    }

    /// Blocks of IPv4 that are no places on the Internet.
    private static let kindsOfFour: [(block: Block, kind: Kind)] = [
        (Block("0.0.0.0", 8), .unusable), (Block("127.0.0.0", 8), .loopback),
        (Block("10.0.0.0", 8), .private), (Block("172.16.0.0", 12), .private),
        (Block("192.168.0.0", 16), .private), (Block("100.64.0.0", 10), .private),
        (Block("169.254.0.0", 16), .linkLocal), (Block("192.0.0.0", 24), .unusable),
        (Block("192.0.2.0", 24), .unusable), (Block("198.51.100.0", 24), .unusable),
        (Block("203.0.113.0", 24), .unusable), (Block("192.88.99.0", 24), .unusable),
        (Block("198.18.0.0", 15), .unusable), (Block("224.0.0.0", 4), .unusable),
        (Block("240.0.0.0", 4), .unusable),
    ]

    /// Blocks of IPv6, the narrow before the wide; what is in none is not given out.
    private static let kindsOfSixteen: [(block: Block, kind: Kind)] = [
        (Block("::1", 128), .loopback), (Block("fe80::", 10), .linkLocal), (Block("fc00::", 7), .private),
        (Block("2001::", 23), .unusable), (Block("2001:db8::", 32), .unusable),
        (Block("3fff::", 20), .unusable), (Block("2000::", 3), .public),
    ]

    /// Blocks of IPv6 whose addresses carry an IPv4 one, and where: mapped, translated (RFC 2765,
    /// 6052, 8215), 6to4, Teredo (its client's, inverted).
    private static let carriers: [(block: Block, first: Int, isInverted: Bool)] = [
        (Block("::ffff:0:0", 96), 12, false), (Block("::ffff:0:0:0", 96), 12, false),
        (Block("64:ff9b::", 96), 12, false), (Block("64:ff9b:1::", 48), 12, false),
        (Block("2002::", 16), 2, false), (Block("2001::", 32), 12, true),
    ]
}

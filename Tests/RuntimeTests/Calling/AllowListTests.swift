import Testing

@testable import Runtime

/// URLs that can be called, and the list of those that an app allows.
struct AllowListTests {
    @Test(arguments: [
        ("https://carrier.example", "https://carrier.example/"),
        ("HTTPS://Carrier.Example:443/a?b=c&d", "https://carrier.example/a?b=c&d"),
        ("http://carrier.example:80/%7Ea", "http://carrier.example/%7Ea"),
        ("http://carrier.example:8080/a//b/", "http://carrier.example:8080/a//b/"),
        ("http://127.0.0.1:1/", "http://127.0.0.1:1/"), ("http://[::1]:81/x", "http://[::1]:81/x"),
        ("https://a-b_c.example?x=/../", "https://a-b_c.example/?x=/../"),
        ("https://c.example/..a/.b/c..", "https://c.example/..a/.b/c.."),
    ])
    func `a URL is taken apart once, and put together the same way`(text: String, whole: String) throws {
        #expect(try OutboundURL(text).text == whole)
    }

    @Test(arguments: [
        "", "carrier.example", "ftp://carrier.example", "file:///etc/passwd", "//carrier.example",
        "https://", "https:///a", "https://user@carrier.example", "https://carrier.example@evil.example/",
        "https://carrier.example\\@evil.example", "https://carrier.example#@evil.example",
        "https://carrier.example/#a", "https://carrier.example/a b", "https://carrier.example/\r\nx: y",
        "https://carrier.example/\u{e9}", "https://carri\u{e9}r.example/", "https://carrier.example:0/",
        "https://carrier.example:65536/", "https://carrier.example:/", "https://carrier.example:4a/",
        "https://carrier.example:443:443/", "https://carrier.example./", "https://.example/",
        "https://carrier..example/", "https://2130706433/", "https://127.1/", "https://0x7f.1/",
        "https://0177.0.0.1/", "https://carrier.example/a/../b", "https://carrier.example/a/%2e%2E/b",
        "https://carrier.example/a/.%2e", "https://carrier.example/a/..%2fb",
        "https://carrier.example/..%5cb",
        "https://carrier.example/%2", "https://carrier.example/%zz", "https://[fe80::1%25eth0]/",
        "https://[127.0.0.1]/", "https://[::1/", "https://[::1]a/", "https://a%2eb.example/",
        "https://carrier.example/" + String(repeating: "a", count: 8_192),
    ])
    func `what two readers could take for two things is no URL`(text: String) {
        #expect(throws: OutboundURL.Malformed.self) { try OutboundURL(text) }
    }

    private static let allowed = #"""
        ["https://carrier.example", "http://plain.example:8080/v1", "https://both.example/a/",
         {"url": "http://stock.internal", "private": true}, "http://127.0.0.1:9000", "http://[::1]",
         "http://localhost:7000", "http://x.localhost", "https://8.8.8.8"]
        """#

    @Test(
        arguments: [
            ("https://carrier.example/any/thing?x=y", "public"), ("https://CARRIER.example:443/", "public"),
            ("http://carrier.example/", nil), ("https://carrier.example:8443/", nil),
            ("https://evil.carrier.example/", nil), ("https://carrier.example.evil/", nil),
            ("http://plain.example:8080/v1", "public"), ("http://plain.example:8080/v1/a", "public"),
            ("http://plain.example:8080/v1?x", "public"), ("http://plain.example:8080/v10", nil),
            ("http://plain.example:8080/", nil), ("http://plain.example/v1", nil),
            ("https://both.example/a/b", "public"), ("https://both.example/a", "public"),
            ("https://both.example/ab", nil), ("http://stock.internal/x", "private"),
            ("http://127.0.0.1:9000/x", "address(127.0.0.1)"), ("http://127.0.0.1/", nil),
            ("http://[0:0:0:0:0:0:0:1]/", nil), ("http://[::1]/", "address(::1)"),
            ("http://localhost:7000/", "loopback"), ("http://x.localhost/", "loopback"),
            ("https://8.8.8.8/", "address(8.8.8.8)"),
        ] as [(String, String?)]
    )
    func `a URL is allowed by the origin that covers it, and reaches as far as that says`(
        url: String,
        reach: String?
    ) throws {
        let list = try JSONValue(parsing: Array(Self.allowed.utf8)).array ?? []
        let found = try AllowedOrigins(list).reach(of: try OutboundURL(url))
        #expect(found.map { "\($0)" } == reach)
    }

    @Test(arguments: [
        (#"["carrier.example"]"#, "allow[1]: it must begin with https:// or http://"),
        (#"["https://a.example", "https://b.example?x"]"#, "allow[2]: an origin has no query"),
        (#"["https://*.example"]"#, #"allow[1]: "*.example" is no name of a host"#),
        (#"["http://0.0.0.0"]"#, "allow[1]: 0.0.0.0 is the address of no server"),
        (#"["http://[ff02::1]"]"#, "allow[1]: ff02::1 is the address of no server"),
    ])
    func `an entry that allows nothing is an error at load`(list: String, text: String) throws {
        let list = try JSONValue(parsing: Array(list.utf8)).array ?? []
        let error = #expect(throws: RuntimeError.self) { try AllowedOrigins(list) }
        #expect(error?.description == text)
        #expect(error?.code == "invalid-app")
    }

    @Test(arguments: [
        ("public", "8.8.8.8", true), ("public", "10.0.0.1", false), ("public", "127.0.0.1", false),
        ("public", "169.254.169.254", false), ("public", "::ffff:127.0.0.1", false),
        ("public", "0.0.0.0", false),
        ("private", "8.8.8.8", true), ("private", "10.0.0.1", true), ("private", "fc00::1", true),
        ("private", "127.0.0.1", false), ("private", "169.254.169.254", false),
        ("private", "224.0.0.1", false), ("loopback", "127.0.0.1", true), ("loopback", "::1", true),
        ("loopback", "10.0.0.1", false), ("loopback", "8.8.8.8", false), ("address", "127.0.0.1", true),
        ("address", "127.0.0.2", false), ("address", "8.8.8.8", false),
    ])
    func `how far a name reaches is asked of the address`(
        reach: String,
        address: String,
        isPermitted: Bool
    ) throws {
        let listed = try #require(NetworkAddress("127.0.0.1"))
        let reaches: [String: OutboundReach] = [
            "public": .public, "private": .private, "loopback": .loopback, "address": .address(listed),
        ]
        let reach = try #require(reaches[reach])
        #expect(reach.permits(try #require(NetworkAddress(address))) == isPermitted)
    }

    @Test(
        arguments: [
            ("0", 0), ("7", 7), (" 120 ", 120), ("3600", 3_600), ("3601", 3_600),
            ("99999999999999999999", 3_600),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 10), ("Sunday, 06-Nov-94 08:49:37 GMT", 10),
            ("Sun Nov  6 08:49:37 1994", 10), ("Sun, 06 Nov 1994 08:49:20 GMT", 0),
            ("Mon, 07 Nov 1994 08:49:37 GMT", 3_600), ("", nil), ("-1", nil), ("1.5", nil), ("soon", nil),
            ("1h", nil), ("Sun, 32 Nov 1994 08:49:37 GMT", nil),
        ] as [(String, Int64?)]
    )
    func `Retry-After is seconds or a date, and an hour at most`(text: String, seconds: Int64?) {
        // 1994-11-06T08:49:27Z, ten seconds before the date of the RFC.
        let found = RetryAfter.microseconds(text, now: 784_111_767_000_000)
        #expect(found == seconds.map { $0 * 1_000_000 })
    }
}

import Runtime
import Testing

/// Which addresses are places on the Internet, and which are not.
struct NetworkAddressTests {
    @Test(arguments: [
        ("1.1.1.1", "public"), ("8.8.8.8", "public"), ("126.255.255.255", "public"), ("128.0.0.1", "public"),
        ("9.255.255.255", "public"), ("11.0.0.0", "public"), ("172.15.255.255", "public"),
        ("172.32.0.0", "public"), ("192.167.255.255", "public"), ("192.169.0.0", "public"),
        ("100.63.255.255", "public"), ("100.128.0.0", "public"), ("169.253.255.255", "public"),
        ("169.255.0.0", "public"), ("223.255.255.255", "public"), ("198.17.255.255", "public"),
        ("198.20.0.0", "public"), ("192.0.1.0", "public"),
        ("127.0.0.1", "loopback"), ("127.255.255.255", "loopback"),
        ("10.0.0.0", "private"), ("10.255.255.255", "private"), ("172.16.0.0", "private"),
        ("172.31.255.255", "private"), ("192.168.0.1", "private"), ("100.64.0.0", "private"),
        ("100.127.255.255", "private"),
        ("169.254.169.254", "link-local"), ("169.254.0.0", "link-local"),
        ("0.0.0.0", "unusable"), ("0.1.2.3", "unusable"), ("224.0.0.1", "unusable"),
        ("239.255.255.255", "unusable"), ("240.0.0.1", "unusable"), ("255.255.255.255", "unusable"),
        ("192.0.0.1", "unusable"), ("192.0.2.1", "unusable"), ("198.51.100.1", "unusable"),
        ("203.0.113.1", "unusable"), ("198.18.0.1", "unusable"), ("198.19.255.255", "unusable"),
        ("192.88.99.1", "unusable"),
    ])
    func `an IPv4 address is of its kind`(address: String, kind: String) throws {
        #expect(try #require(NetworkAddress(address)).kind.rawValue == kind)
    }

    @Test(arguments: [
        ("2606:4700::1111", "public"), ("2a00:1450::1", "public"), ("3000::1", "public"),
        ("::1", "loopback"), ("fe80::1", "link-local"), ("febf::1", "link-local"),
        ("fc00::1", "private"), ("fdff::1", "private"), ("fec0::1", "unusable"),
        ("::", "unusable"), ("::2", "unusable"), ("::7f00:1", "unusable"), ("ff02::1", "unusable"),
        ("2001:db8::1", "unusable"), ("2001:2::1", "unusable"), ("3fff::1", "unusable"),
        ("4000::1", "unusable"), ("100::1", "unusable"), ("5f00::1", "unusable"),
        // What carries an IPv4 address is what it carries: mapped, translated, 6to4, Teredo.
        ("::ffff:127.0.0.1", "loopback"), ("::ffff:7f00:1", "loopback"), ("::ffff:10.0.0.1", "private"),
        ("::ffff:169.254.169.254", "link-local"), ("::ffff:8.8.8.8", "public"),
        ("::ffff:0.0.0.0", "unusable"),
        ("::ffff:0:127.0.0.1", "loopback"), ("64:ff9b::10.0.0.1", "private"),
        ("64:ff9b::169.254.169.254", "link-local"), ("64:ff9b::8.8.8.8", "public"),
        ("64:ff9b:1::127.0.0.1", "loopback"), ("2002:7f00:1::1", "loopback"), ("2002:a00:1::1", "private"),
        ("2002:808:808::1", "public"), ("2001:0:808:808:0:0:80ff:fffe", "loopback"),
        ("2001:0:808:808:0:0:f7f7:f7f7", "public"),
    ])
    func `an IPv6 address is of its kind, or of what it carries`(address: String, kind: String) throws {
        #expect(try #require(NetworkAddress(address)).kind.rawValue == kind)
    }

    @Test(arguments: [
        "", "localhost", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "1.2.3.4.5", "256.1.1.1",
        " 1.1.1.1",
        "fe80::1%eth0", "[::1]", "::ffff:1.2.3", "1.1.1.1\0",
    ])
    func `what some read as an address is none`(text: String) {
        #expect(NetworkAddress(text) == nil)
    }

    @Test(arguments: ["127.0.0.1", "::1", "2606:4700::1111", "fe80::1"])
    func `an address is written as it is read`(text: String) {
        #expect(NetworkAddress(text)?.description == text)
    }
}

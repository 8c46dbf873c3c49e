import EventLog
import Runtime
import TestSupport
import Testing

@testable import Server

@Suite(.unlessItHangs)
struct ListeningTests {
    @Test(arguments: [
        ("127.0.0.1:7070", "127.0.0.1", 7070), ("localhost:0", "localhost", 0), ("[::1]:80", "::1", 80),
        ("example.org:65535", "example.org", 65535),
    ])
    func `an address is read and written alike`(text: String, host: String, port: Int) throws {
        let address = try ListenAddress(text)
        #expect(address == ListenAddress(host: host, port: port))
        #expect(address.description == text)
    }

    @Test(arguments: ["", "7070", ":7070", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "a:b"])
    func `what is no address is refused`(text: String) {
        #expect(throws: ServerError.invalidAddress(text)) { try ListenAddress(text) }
    }

    @Test func `only this machine's own addresses are loopback`() throws {
        for text in ["127.0.0.1:1", "127.8.9.1:1", "localhost:1", "[::1]:1"] {
            #expect(try ListenAddress(text).isLoopback)
        }
        for text in [
            "0.0.0.0:1", "192.168.1.4:1", "example.org:1", "127.example.org:1", "[::]:1", "127.0.0.1.x:1",
        ] {
            #expect(try !ListenAddress(text).isLoopback)
        }
    }

    @Test func `an address that others can reach needs tokens`() async throws {
        let host = try await TestApp.start(over: MemoryLog())
        let address = ListenAddress(host: "0.0.0.0", port: 0)
        let server = APIServer(host: host, options: ServerOptions(address: address, logger: TestServer.quiet))
        await #expect(throws: ServerError.tokensRequired(address)) { try await server.run() }
        await host.stop()
    }

    @Test func `a port that is taken is told`() async throws {
        try await TestServer.run { first in
            let port = try #require(Int(first.url.split(separator: ":").last ?? ""))
            let address = ListenAddress(host: "127.0.0.1", port: port)
            let second = APIServer(
                host: first.host,
                options: ServerOptions(address: address, logger: TestServer.quiet)
            )
            await #expect(throws: ServerError.addressInUse(address)) { try await second.run() }
        }
    }
}

import EventLog
import Runtime
import TestSupport
import Testing

@testable import Server

/// Calls over real connections, to servers of the test.
@Suite(.unlessItHangs) struct OutboundCallerTests {
    /// Asks each URL that an event has, and emits what came.
    private static func app(allow: String, options: String = "") -> AppFixture {
        """
        allow = { \(allow) }
        handler "ask" {
          on = "order.Placed", retry = { attempts = 1 },
          run = function(e)
            local ok, answer = pcall(http.post, e.data.url, { order = e.key }, { \(options) })
            emit("answer-" .. e.key, "Came", ok
              and { status = answer.status, headers = answer.headers, body = answer.body }
              or { code = answer.code or answer, text = answer.text })
          end,
        }
        """
    }

    /// What came back for each URL, in order.
    private static func answers(
        _ app: AppFixture,
        _ urls: String...,
        lookUp: (@Sendable (String) async throws -> [NetworkAddress])? = nil
    ) async throws -> [JSONValue] {
        let caller =
            lookUp.map { OutboundCaller(userAgent: "perilune/test", lookUp: $0) }
            ?? OutboundCaller(userAgent: "perilune/test")
        let events = try await withHost(app, options: .init(calls: caller.calls)) { fixture in
            for url in urls { try await fixture.append(#"order-1 Placed {"url":"\#(url)"}"#) }
            try await fixture.until("answer-1", has: urls.count)
            return try fixture.recorded(.category("answer"))
        }
        await caller.close()
        return try events.map { try JSONValue(parsing: $0.data) }
    }

    private static let ok =
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-A: 1\r\nX-a: 2\r\nContent-Length: 2\r\n\r\nhi"

    @Test func `a request arrives as it was asked for, and its answer comes back`() async throws {
        let server = try RawServer { _, _ in .bytes(Self.ok) }
        let url = "http://127.0.0.1:\(server.port)/labels?x=%20y"
        let answer = try await Self.answers(
            Self.app(allow: "\"http://127.0.0.1:\(server.port)\"", options: #"headers = { Accept = "a/b" }"#),
            url
        )
        let expected: JSONValue = [
            "status": 200, "body": "hi",
            "headers": ["content-type": "text/plain", "x-a": "1, 2", "content-length": "2"],
        ]
        #expect(answer == [expected])
        let request = try #require(server.requests.first)
        let lines = request.lowercased().split(separator: "\r\n")
        #expect(request.hasPrefix("POST /labels?x=%20y HTTP/1.1\r\n"))
        #expect(request.hasSuffix("\r\n\r\n{\"order\":\"1\"}"))
        for line in [
            "host: 127.0.0.1:\(server.port)", "user-agent: perilune/test", "accept: a/b",
            "content-type: application/json", "content-length: 13",
        ] {
            #expect(lines.filter { $0 == line }.count == 1, "\(line) in \(request)")
        }
        #expect(lines.filter { $0.hasPrefix("idempotency-key: ") }.count == 1)
        #expect(!request.lowercased().contains("accept-encoding"))
        server.stop()
    }

    @Test func `a redirect is the answer, and is not followed`() async throws {
        let target = try RawServer { _, _ in .bytes(Self.ok) }
        let server = try RawServer { _, _ in
            .bytes(
                "HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:\(target.port)/\r\n"
                    + "Content-Length: 0\r\n\r\n"
            )
        }
        let list = "\"http://127.0.0.1:\(server.port)\", \"http://127.0.0.1:\(target.port)\""
        let answer = try await Self.answers(Self.app(allow: list), "http://127.0.0.1:\(server.port)/")
        #expect(answer.first?["status"] == 307)
        #expect(answer.first?["headers"]?["location"] == .string("http://127.0.0.1:\(target.port)/"))
        #expect(server.requests.count == 1 && target.requests.isEmpty)
        server.stop()
        target.stop()
    }

    @Test func `an answer that is too long is cut off while it comes`() async throws {
        let piece = String(repeating: "x", count: 65_536)
        let endless = try RawServer { _, _ in .endless("HTTP/1.1 200 OK\r\n\r\n", piece: piece) }
        let most = 4 << 20
        let whole = try RawServer { _, _ in
            .bytes("HTTP/1.1 200 OK\r\nContent-Length: \(most)\r\n\r\n" + String(repeating: "x", count: most))
        }
        let (a, b) = ("http://127.0.0.1:\(endless.port)", "http://127.0.0.1:\(whole.port)")
        let answer = try await Self.answers(Self.app(allow: "\"\(a)\""), a)
        #expect(answer.first?["code"] == "http-too-large", "\(answer)")
        // Within a step's own output there is no room for so much: it is read, and not emitted.
        let app: AppFixture = """
            allow = { "\(b)" }
            handler "ask" { on = "order.Placed", run = function(e)
              emit("answer-1", "Came", { length = #http.get(e.data.url).body })
            end }
            """
        #expect(try await Self.answers(app, b) == [["length": .integer(Int64(most))]])
        await endless.until(gone: 1)
        endless.stop()
        whole.stop()
    }

    @Test func `a server that is gone, or speaks something else, is no answer`() async throws {
        let closing = try RawServer { _, _ in .close }
        let odd = try RawServer { _, _ in .bytes("220 mail.example ESMTP\r\n\r\n") }
        let away = try RawServer { _, _ in .close }
        away.stop()
        let urls = [closing, odd, away].map { "http://127.0.0.1:\($0.port)/" }
        let secure = "https://127.0.0.1:\(odd.port)/"
        let list = (urls + [secure]).map { "\"\($0)\"" }.joined(separator: ", ")
        let answers = try await Self.answers(Self.app(allow: list), urls[0], urls[1], urls[2], secure)
        #expect(answers.map { $0["code"] } == Array(repeating: JSONValue.string("http-failed"), count: 4))
        #expect(answers[2]["text"] == .string("no answer from \(urls[2]): Connection refused"))
        // Nothing is sent twice without being asked.
        #expect(closing.requests.count == 1)
        for server in [closing, odd] { server.stop() }
    }

    @Test func `a server that is silent is waited for as long as the call says`() async throws {
        let silent = try RawServer { _, _ in .silence }
        let urls = ["http", "https"].map { "\($0)://127.0.0.1:\(silent.port)/" }
        let list = urls.map { "\"\($0)\"" }.joined(separator: ", ")
        let app = Self.app(allow: list, options: "timeout = 50")
        let answers = try await Self.answers(app, urls[0], urls[1])
        #expect(answers.map { $0["code"] } == ["http-timeout", "http-timeout"])
        #expect(answers[0]["text"] == .string("no answer from \(urls[0]) within 50 ms"))
        silent.stop()
    }

    @Test func `a slow server doesn't hold up what another key asks another server`() async throws {
        let silent = try RawServer { _, _ in .silence }
        let quick = try RawServer { _, _ in .bytes(Self.ok) }
        let urls = [silent, quick].map { "http://127.0.0.1:\($0.port)/" }
        let list = urls.map { "\"\($0)\"" }.joined(separator: ", ")
        let caller = OutboundCaller(userAgent: "perilune/test")
        try await withHost(Self.app(allow: list), options: .init(workers: 1, calls: caller.calls)) {
            fixture in
            try await fixture.append(#"order-1 Placed {"url":"\#(urls[0])"}"#)
            await silent.until(requests: 1)
            try await fixture.append(#"order-2 Placed {"url":"\#(urls[1])"}"#)
            try await fixture.until("answer-2", has: 1)
            #expect(try fixture.events(of: "answer-1").isEmpty)
        }
        // The host has stopped, and nobody waits for the silent one any more.
        await silent.until(gone: 1)
        await caller.close()
        silent.stop()
        quick.stop()
    }

    @Test(arguments: [
        ("\"http://carrier.test:PORT\"", "127.0.0.1"), ("\"http://carrier.test:PORT\"", "::ffff:127.0.0.1"),
        ("\"http://carrier.test:PORT\"", "10.0.0.1"), ("\"http://carrier.test:PORT\"", "169.254.169.254"),
        ("{ \"http://carrier.test:PORT\", private = true }", "127.0.0.1"),
        ("{ \"http://carrier.test:PORT\", private = true }", "169.254.169.254"),
        ("\"http://carrier.test:PORT\", \"http://127.0.0.1:PORT\"", "127.0.0.1"),
    ])
    func `a name that leads to a place that its entry doesn't permit is not connected to`(
        allow: String,
        address: String
    ) async throws {
        let server = try RawServer { _, _ in .bytes(Self.ok) }
        let found = try #require(NetworkAddress(address))
        let answer = try await Self.answers(
            Self.app(allow: allow.replacing("PORT", with: "\(server.port)")),
            "http://carrier.test:\(server.port)/",
            lookUp: { _ in [found] }
        )
        #expect(answer.first?["code"] == "http-address-refused")
        #expect(answer.first?["text"]?.string?.contains("carrier.test leads to \(address)") == true)
        #expect(server.requests.isEmpty)
        server.stop()
    }

    @Test func `a name is looked up for each call, and only what was found and permitted is connected to`()
        async throws
    {
        let server = try RawServer { _, _ in .bytes(Self.ok) }
        let asked = Ticks()
        let url = "http://shop.localhost:\(server.port)/"
        let answers = try await Self.answers(
            Self.app(allow: "\"\(url)\""),
            url,
            url,
            lookUp: { name in
                // The second time its owner lets the name lead elsewhere.
                let isFirst = asked.next() == 10
                let texts = isFirst ? ["10.0.0.1", "::1", "127.0.0.1"] : ["10.0.0.1"]
                #expect(name == "shop.localhost")
                return texts.compactMap { NetworkAddress($0) }
            }
        )
        #expect(answers.map { $0["status"] ?? $0["code"] } == [200, "http-address-refused"])
        #expect(server.requests.count == 1)
        #expect(
            server.requests.first?.lowercased().contains("host: shop.localhost:\(server.port)\r\n") == true
        )
        server.stop()
    }

    @Test func `the system's own lookup finds the machine for localhost, and nothing for what isn't there`()
        async throws
    {
        let server = try RawServer { _, _ in .bytes(Self.ok) }
        let list = "\"http://localhost:\(server.port)\", \"http://no-such-name.invalid\""
        let answers = try await Self.answers(
            Self.app(allow: list),
            "http://localhost:\(server.port)/",
            "http://no-such-name.invalid/"
        )
        #expect(answers.map { $0["status"] ?? $0["code"] } == [200, "http-failed"])
        #expect(answers[1]["text"]?.string?.contains("no-such-name.invalid can't be looked up") == true)
        server.stop()
    }
}

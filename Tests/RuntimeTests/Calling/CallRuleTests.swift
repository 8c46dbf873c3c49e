import EventLog
import Runtime
import TestSupport
import Testing

/// What `http` refuses before anybody is asked, and how many calls there may be.
@Suite(.unlessItHangs) struct CallRuleTests {
    /// The text of the error that a line of a handler raises; nil when it raises none.
    private static func complaint(_ line: String, _ server: FakeServer) async throws -> String? {
        let app = CallTests.app(
            "local ok, problem = pcall(function() \(line) end) "
                + "emit(\"said-1\", \"Said\", { text = not ok and tostring(problem) or nil })"
        )
        return try await withHost(app, options: CallTests.options(server)) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            let said = try #require(try fixture.recorded(.category("said")).first)
            return try JSONValue(parsing: said.data)["text"]?.string
        }
    }

    @Test(arguments: [
        (#"http.get("https://other.example/a")"#, "the app doesn't allow calls to https://other.example"),
        (#"http.get("http://carrier.example/a")"#, "the app doesn't allow calls to http://carrier.example"),
        (#"http.get("carrier.example")"#, #""carrier.example" can't be called: it must begin with https://"#),
        (#"http.get("https://carrier.example/../a")"#, "its path must not have the parts . and .."),
        (#"http.get()"#, "the URL must be a text, it is a nil"),
        (#"http.get("https://carrier.example", "x")"#, "options must be a table, it is a string"),
        (
            #"http.get("https://carrier.example", { header = {} })"#,
            #"options has no field header; did you mean"#
        ),
        (#"http.get("https://carrier.example", { headers = { "x" } })"#, "headers must map names to texts"),
        (
            #"http.get("https://carrier.example", { headers = { Host = "evil" } })"#,
            "the header Host is the client's, not a script's"
        ),
        (
            #"http.get("https://carrier.example", { headers = { ["Content-Length"] = 5 } })"#,
            "the header Content-Length is the client's"
        ),
        (
            #"http.get("https://carrier.example", { headers = { ["Proxy-Authorization"] = "x" } })"#,
            "the header Proxy-Authorization is the client's"
        ),
        (
            #"http.get("https://carrier.example", { headers = { a = "x\r\nHost: evil" } })"#,
            "the header a may have printable ASCII characters alone"
        ),
        (
            #"http.get("https://carrier.example", { headers = { ["a: b\r\nc"] = "x" } })"#,
            #""a: b\r\nc" is no header"#
        ),
        (
            #"http.get("https://carrier.example", { headers = { a = "x", A = "y" } })"#, "is given twice"
        ),
        (
            #"http.get("https://carrier.example", { headers = { a = ("x"):rep(9000) } })"#,
            "the headers of a call have at most 8192 bytes"
        ),
        (
            #"http.get("https://carrier.example", { timeout = "6m" })"#,
            "the timeout of a call is from 1 ms to 300 s"
        ),
        (
            #"http.get("https://carrier.example", { timeout = 0 })"#,
            "the timeout of a call is from 1 ms to 300 s"
        ),
        (#"http.get("https://carrier.example", { timeout = "x" })"#, "timeout must be a duration such as"),
        (
            #"http.post("https://carrier.example", 5)"#,
            "the body must be a table, which is sent as JSON, or a text"
        ),
        (
            #"http.post("https://carrier.example", ("x"):rep(1048577))"#,
            "the body of a call has at most 1048576 bytes"
        ),
        (#"http.request { url = "https://carrier.example", method = "get" }"#, #""get" is no method"#),
        (
            #"http.request { url = "https://carrier.example", method = "CONNECT" }"#,
            #""CONNECT" is no method"#
        ),
        (
            #"http.request { url = "https://carrier.example", body = "", json = 1 }"#,
            "a request has body or json"
        ),
        (
            #"http.request { uri = "https://carrier.example" }"#,
            #"a request has no field uri; did you mean "url"?"#
        ),
    ])
    func `a request that must not be made is an error at its line`(line: String, text: String) async throws {
        let server = FakeServer()
        let said = try await Self.complaint(line, server) ?? "nothing"
        #expect(said.contains(text), "\(said)")
        #expect(!said.contains("prelude"), "\(said)")
        #expect(server.requests.isEmpty)
    }

    @Test func `a host that isn't allowed says what to add to app.lua`() async throws {
        let app = CallTests.app(
            #"http.get("https://other.example:8443/a?b")"#,
            more: #"retry = { attempts = 1 },"#
        )
        try await withHost(app, options: CallTests.options(FakeServer())) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            let failure = try #require(try await fixture.host.parked().first?.failure)
            #expect(failure.code == "http-not-allowed")
            #expect(failure.hint == #"add it in app.lua: allow = { "https://other.example:8443" }"#)
            #expect(failure.text.hasSuffix("hint: " + failure.hint))
        }
    }

    @Test func `a step makes 16 calls, and the next is an error`() async throws {
        let server = FakeServer()
        let said = try await Self.complaint(
            #"for n = 1, 17 do http.get("https://carrier.example/" .. n) end"#,
            server
        )
        #expect(said == "a step makes at most 16 calls")
        #expect(server.requests.map(\.url.path) == (1...16).map { "/\($0)" })
    }

    @Test func `a step holds 8 MiB of answers, and the next call may bring what is left`() async throws {
        let server = FakeServer { _, _ throws(CallFailure) in
            OutboundAnswer(status: 200, headers: [], body: Array(repeating: 120, count: 3 << 20))
        }
        let calls = (1...4).map { #"http.get("https://carrier.example/\#($0)")"# }.joined(separator: " ")
        #expect(try await Self.complaint(calls, server) == nil)
        #expect(server.requests.map(\.answerBytesMax) == [4 << 20, 4 << 20, 2 << 20, 0])
    }

    @Test(arguments: [
        (
            #"aggregate "box" { commands = { open = function() http.get("https://carrier.example") end } }"#,
            "a command decides on its state alone; call out in a handler of its event"
        ),
        (
            #"aggregate "box" { events = { Opened = function() http.get("https://carrier.example") end }, "#
                + #"commands = { open = function() emit("Opened") end } }"#,
            "http works in a handler"
        ),
    ])
    func `a command and a fold don't call out`(app: String, text: String) async throws {
        let app = AppFixture("allow = { \"https://carrier.example\" }\n" + app)
        try await withHost(app, options: CallTests.options(FakeServer())) { fixture in
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.execute("box-1 open")
            }
            #expect((error.map { "\($0)" } ?? "nothing").contains(text))
        }
    }

    @Test func `a predicate, a projection and a query don't call out`() async throws {
        let call = #"http.get("https://carrier.example")"#
        let app: AppFixture = """
            allow = { "https://carrier.example" }
            handler "where" {
              on = "order.Placed", retry = { attempts = 1 },
              where = function() \(call) end, run = function() end,
            }
            projection "rows" {
              on = "order.Placed", retry = { attempts = 1 }, tables = {}, run = function() \(call) end,
            }
            query "ask" { run = function() \(call) end }
            """
        try await withHost(app, options: CallTests.options(FakeServer())) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.until("rows", is: "stopped") { $0.state == .stopped }
            let text = "http works in a handler"
            #expect(try await fixture.status(of: "rows").lastFailure?.summary == text)
            try await fixture.until("where", is: "parked") { $0.parked == 1 }
            #expect(try await fixture.host.parked().first?.failure?.summary == text)
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.host.query("ask", parameters: [])
            }
            #expect((error.map { "\($0)" } ?? "nothing").contains(text))
        }
    }

    @Test(arguments: [
        (#"allow = "https://carrier.example""#, "allow must be a list of origins"),
        (#"allow = { { private = true } }"#, "allow[1] must be an origin, or"),
        (
            #"allow = { { "https://a.example", secret = true } }"#,
            "allow[1] has no field secret; there is private"
        ),
        (#"allow = { a = "https://a.example" }"#, "allow is a list"),
        (#"allow = { "https://a.example/#x" }"#, "allow[1]: it has a fragment"),
        (#"http.get("https://a.example")"#, "http works in a handler"),
    ])
    func `a wrong list is an error at load`(app: String, text: String) async throws {
        let error = await #expect(throws: RuntimeError.self) { try await HostFixture(AppFixture(app)) }
        #expect((error.map { "\($0)" } ?? "nothing").contains(text), "\(String(describing: error))")
    }

    @Test func `a host without a network says so`() async throws {
        let app = CallTests.app(CallTests.label, more: "retry = { attempts = 1 },")
        try await withHost(app) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            let failure = try await fixture.host.parked().first?.failure
            #expect(failure?.code == "http-failed")
            #expect(failure?.summary.contains("started without a way to call out") == true)
        }
    }
}

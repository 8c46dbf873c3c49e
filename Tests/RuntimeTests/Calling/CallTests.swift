import EventLog
import Runtime
import TestSupport
import Testing

/// What `http` does to a step: it ends without a trace, and runs again with the answer.
///
/// Streams order-1 and order-4 are in lane 5, order-2 is in lane 11.
@Suite(.unlessItHangs) struct CallTests {
    /// A handler that calls out.
    static func app(_ run: String, mode: String = "exactly-once", more: String = "") -> AppFixture {
        Apps.counter + """
            allow = { "https://carrier.example" }
            handler "ship" {
              on = "order.Placed", delivery = "\(mode)", \(more)
              run = function(e)
                \(run)
              end,
            }
            """
    }

    /// Asks for a label and emits its number.
    static let label = """
        local label = http.post("https://carrier.example/labels", { order = e.key })
        emit("label-" .. e.key, "Printed", { n = label.json.n })
        """

    static func options(_ server: FakeServer, _ lines: LogLines = LogLines()) -> HostFixture.Options {
        HostFixture.Options(workers: 1, logger: lines.logger, calls: server.calls)
    }

    @Test func `a step that called out is one frame, with what the answer made of it`() async throws {
        let server = FakeServer { _, _ throws(CallFailure) in
            FakeServer.json(201, #"{"id":"L7"}"#, OutboundHeader("x-left", "5"))
        }
        let app = Self.app(
            """
            local answer = http.post("https://carrier.example/labels?x=1", { order = e.key },
              { headers = { Authorization = "Bearer t", ["X-Try"] = 3 }, timeout = "5s" })
            emit("label-" .. e.key, "Printed", { id = answer.json.id, status = answer.status,
              left = answer.headers["x-left"], body = answer.body })
            """
        )
        let log = InterceptedLog(over: MemoryLog())
        try await withHost(app, log: log, options: Self.options(server)) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            #expect(
                try fixture.events(of: "label-1") == [
                    #"label-1 Printed {"body":"{\"id\":\"L7\"}","id":"L7","left":"5","status":201}"#
                ]
            )
            #expect(log.frames.dropFirst().map { [$0.events.count, $0.marks.count] } == [[1, 1]])
            let request = try #require(server.requests.first)
            #expect(server.requests.count == 1)
            #expect(request.method == "POST")
            #expect(request.url.text == "https://carrier.example/labels?x=1")
            #expect(request.body == Array(#"{"order":"1"}"#.utf8))
            #expect(request.timeoutMilliseconds == 5_000)
            let names = ["authorization", "content-type", "idempotency-key", "x-try"]
            #expect(request.headers.map(\.name) == names)
            #expect(request.headers.map(\.value).prefix(2) == ["Bearer t", "application/json"])
        }
    }

    @Test(arguments: DeliveryTests.modes)
    func `while a step waits, other keys, other handlers and commands go on`(mode: String) async throws {
        let server = FakeServer()
        server.hold()
        let app =
            Self.app(
                #"if e.data.calls then \#(Self.label) else emit("seen-" .. e.key, "Seen") end"#,
                mode: mode
            )
            + #"handler "other" { on = "order.Placed", run = function(e) emit("other-1", "Seen") end }"#
        try await withHost(app, options: Self.options(server)) { fixture in
            try await fixture.append(#"order-1 Placed {"calls":true}"#, "order-1 Placed", "order-2 Placed")
            try await server.untilHeld(1)
            try await fixture.until("seen-2", has: 1)
            try await fixture.until("other-1", has: 3)
            _ = try await fixture.execute("counter-1 add")
            // Later events of its key wait behind it, in order.
            try await fixture.append("order-2 Placed", "order-1 Placed")
            try await fixture.until("seen-2", has: 2)
            #expect(try fixture.events(of: "seen-1").isEmpty)
            #expect(try fixture.events(of: "label-1").isEmpty)
            server.release()
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "label-1") == [#"label-1 Printed {"n":1}"#])
            #expect(try fixture.events(of: "seen-1").count == 2)
            #expect(server.requests.count == 1)
        }
    }

    @Test func `each call is made once, and each line is logged once, however often the step runs`()
        async throws
    {
        let (server, lines) = (FakeServer(), LogLines())
        let app = Self.app(
            """
            log.info("begins", random(1000000), uuid(), now())
            local a = http.get("https://carrier.example/a").json.n
            log.info("after a", a)
            local b = http.get("https://carrier.example/b").json.n
            log.info("after b", a, b)
            local c = http.get("https://carrier.example/c").json.n
            log.info("after c", a, b, c)
            emit("label-1", "Printed", { a = a, b = b, c = c })
            """
        )
        try await withHost(app, options: Self.options(server, lines)) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            #expect(server.requests.map(\.url.path) == ["/a", "/b", "/c"])
            #expect(Set(server.keys).count == 3)
            #expect(try fixture.events(of: "label-1") == [#"label-1 Printed {"a":1,"b":2,"c":3}"#])
            let ends = lines.all.map { $0.hasPrefix("info: begins") ? "info: begins" : $0 }
            let after = ["after a 1", "after b 1 2", "after c 1 2 3"].map { "info: \($0), in ship" }
            #expect(ends == ["info: begins"] + after)
        }
    }

    @Test func `what a step asks anew is asked with a key of its own, and the old answers are dropped`()
        async throws
    {
        let server = FakeServer()
        server.hold()
        let app = Self.app(
            """
            http.get("https://carrier.example/first")
            local ok = command("counter", "1", "add", { amount = 1, limit = 0 })
            local answer = http.get("https://carrier.example/" .. (ok and "under" or "over"))
            local last = http.get("https://carrier.example/last")
            emit("label-1", "Printed", { ok = ok, n = answer.json.n, last = last.json.n })
            """
        )
        try await withHost(app, options: Self.options(server)) { fixture in
            try await fixture.append("order-1 Placed")
            try await server.untilHeld(1)
            server.release()
            server.hold()
            try await server.untilHeld(1)
            // The counter has room now: the step decides otherwise when it runs again.
            try await fixture.append(#"counter-1 Added {"amount":-5}"#)
            server.release()
            try await fixture.untilIdle()
            #expect(server.requests.map(\.url.path) == ["/first", "/over", "/under", "/last"])
            #expect(Set(server.keys).count == 4)
            #expect(try fixture.events(of: "label-1") == [#"label-1 Printed {"last":4,"n":3,"ok":true}"#])
        }
    }

    @Test(arguments: DeliveryTests.modes)
    func `a step that another writer was faster than runs again without asking again`(
        mode: String
    )
        async throws
    {
        let faults = Faults(1)
        let log = InterceptedLog(over: MemoryLog()) { frame, log throws(EventLogError) in
            if !frame.conditions.isEmpty, faults.take() {
                let other = NewEvent(stream: try StreamName("counter-1"), type: "Added", data: Self.one)
                _ = try await log.commit(NewFrame(events: [other]))
            }
            return try await log.commit(frame)
        }
        let server = FakeServer()
        let app = Self.app(Self.label + #"command("counter", "1", "add")"#, mode: mode)
        try await withHost(app, log: log, options: Self.options(server)) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            #expect(server.requests.count == 1)
            #expect(try await fixture.state("counter-1") == #"{"value":2}"#)
            #expect(try fixture.events(of: "label-1") == [#"label-1 Printed {"n":1}"#])
        }
    }

    @Test func `pcall around a call doesn't keep the step from waiting`() async throws {
        let app = Self.app(
            """
            local ok, answer = pcall(http.get, "https://carrier.example/a")
            emit("label-1", "Printed", { ok = ok, n = answer.json.n })
            """
        )
        try await withHost(app, options: Self.options(FakeServer())) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "label-1") == [#"label-1 Printed {"n":1,"ok":true}"#])
        }
    }

    @Test func `a schedule's step can call out`() async throws {
        let app: AppFixture = """
            allow = { "https://carrier.example" }
            schedule "close" { cron = "* * * * *", run = function(tick)
              emit("label-1", "Printed", { n = http.get("https://carrier.example/a").json.n })
            end }
            """
        try await withHost(app, options: Self.options(FakeServer())) { fixture in
            try await fixture.clock.untilSleeping(1)
            fixture.clock.advance(by: 60_000_000)
            try await fixture.until("label-1", has: 1)
            #expect(try fixture.events(of: "label-1") == [#"label-1 Printed {"n":1}"#])
        }
    }

    private static let one = Array(#"{"amount":1}"#.utf8)[...]
}

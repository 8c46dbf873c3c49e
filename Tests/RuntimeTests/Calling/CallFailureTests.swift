import EventLog
import Runtime
import TestSupport
import Testing

/// What becomes of a step whose call has no answer.
@Suite(.unlessItHangs) struct CallFailureTests {
    private static func untilRetrying(_ fixture: HostFixture) async throws {
        try await fixture.until("ship", is: "retrying") { $0.state == .retrying }
        try await fixture.clock.untilSleeping(1)
    }

    @Test func `a call that fails fails the step, and the next attempt asks again with the same keys`()
        async throws
    {
        let server = FakeServer { request, number throws(CallFailure) in
            if number == 2 { throw .failed(request.url.description, reason: "connection refused") }
            return try FakeServer.counting(request, number)
        }
        let app = CallTests.app(
            """
            local a = http.get("https://carrier.example/a").json.n
            local b = http.put("https://carrier.example/b", { a = 1 }).json.n
            emit("label-1", "Printed", { a = a, b = b })
            """
        )
        try await withHost(app, options: CallTests.options(server)) { fixture in
            try await fixture.append("order-1 Placed")
            try await Self.untilRetrying(fixture)
            let failure = try #require(try await fixture.status(of: "ship").lastFailure)
            #expect(failure.code == "http-failed")
            #expect(failure.summary == "no answer from https://carrier.example/b: connection refused")
            #expect(failure.file == "app.lua" && failure.text.contains("http.put("))
            #expect(failure.hint.contains("tried again"))
            fixture.clock.advance(by: 1_000_000)
            try await fixture.untilIdle()
            #expect(server.requests.map(\.url.path) == ["/a", "/b", "/a", "/b"])
            #expect(server.keys.prefix(2) == server.keys.suffix(2) && Set(server.keys).count == 2)
            #expect(try fixture.events(of: "label-1") == [#"label-1 Printed {"a":3,"b":4}"#])
        }
    }

    @Test func `a key whose retry waits for an answer holds up no lane, and no other key`() async throws {
        let server = FakeServer { request, number throws(CallFailure) in
            if number == 1 { throw .failed(request.url.description, reason: "connection refused") }
            return try FakeServer.counting(request, number)
        }
        let app = CallTests.app(CallTests.label)
        try await withHost(app, options: CallTests.options(server)) { fixture in
            try await fixture.append("order-1 Placed")
            try await Self.untilRetrying(fixture)
            server.hold()
            fixture.clock.advance(by: 1_000_000)
            try await server.untilHeld(1)
            // Behind it, and in the same lane.
            try await fixture.append("order-1 Placed", "order-4 Placed")
            try await server.untilHeld(2)
            server.release()
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "label-1").count == 2)
            #expect(try fixture.events(of: "label-4").count == 1)
            #expect(server.requests.count == 4)
        }
    }

    @Test func `a script can catch it, with its code`() async throws {
        let server = FakeServer { request, _ throws(CallFailure) in
            throw .tooLarge(request.url.description, bytesMax: 7)
        }
        let app = CallTests.app(
            """
            local ok, problem = pcall(http.get, "https://carrier.example/a?secret=1")
            emit("label-1", "Printed", { ok = ok, code = problem.code, text = tostring(problem) })
            """
        )
        try await withHost(app, options: CallTests.options(server)) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            #expect(
                try fixture.events(of: "label-1") == [
                    #"label-1 Printed {"code":"http-too-large","ok":false,"#
                        + #""text":"the answer from https://carrier.example/a is longer than 7 bytes"}"#
                ]
            )
            #expect(server.requests.count == 1)
        }
    }

    @Test func `a call that isn't answered in its time fails, and is cut off`() async throws {
        let server = FakeServer()
        server.hold()
        let app = CallTests.app(#"http.get("https://carrier.example/a", { timeout = 1500 })"#)
        try await withHost(app, options: CallTests.options(server)) { fixture in
            try await fixture.append("order-1 Placed")
            try await server.untilHeld(1)
            try await fixture.clock.untilSleeping(1)
            #expect(fixture.clock.sleepers == [1_500_000])
            fixture.clock.advance(by: 1_500_000)
            try await Self.untilRetrying(fixture)
            #expect(server.cancelled == 1)
            let failure = try await fixture.status(of: "ship").lastFailure
            #expect(failure?.code == "http-timeout")
            #expect(failure?.summary == "no answer from https://carrier.example/a within 1500 ms")
        }
    }

    @Test(arguments: [
        (429, "7", 7_000_000), (503, "Sun, 15 Jun 2025 15:06:49 GMT", 9_000_000),
        (503, "1000000", 3_600_000_000),
    ])
    func `a server that is busy and says for how long is asked again no sooner`(
        status: Int,
        header: String,
        wait: Int64
    ) async throws {
        let server = FakeServer { request, number throws(CallFailure) in
            if number == 1 { return FakeServer.json(status, "{}", OutboundHeader("retry-after", header)) }
            return try FakeServer.counting(request, number)
        }
        let app = CallTests.app(CallTests.label)
        try await withHost(app, options: CallTests.options(server)) { fixture in
            try await fixture.append("order-1 Placed")
            try await Self.untilRetrying(fixture)
            #expect(fixture.clock.sleepers == [wait])
            let failure = try await fixture.status(of: "ship").lastFailure
            #expect(failure?.code == "http-retry-after")
            fixture.clock.advance(by: wait)
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "label-1") == [#"label-1 Printed {"n":2}"#])
            #expect(server.keys[0] == server.keys[1])
        }
    }

    @Test(
        arguments: [(404, nil), (500, nil), (503, nil), (302, nil), (503, "soon"), (500, "7")]
            as [(Int, String?)]
    )
    func `any other status is an answer`(status: Int, header: String?) async throws {
        let server = FakeServer { _, _ throws(CallFailure) in
            OutboundAnswer(
                status: status,
                headers: header.map { [OutboundHeader("retry-after", $0)] } ?? [],
                body: Array("no".utf8)
            )
        }
        let app = CallTests.app(
            """
            local answer = http.get("https://carrier.example/a")
            emit("label-1", "Printed", { status = answer.status, body = answer.body, json = answer.json })
            """
        )
        try await withHost(app, options: CallTests.options(server)) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            #expect(
                try fixture.events(of: "label-1") == [#"label-1 Printed {"body":"no","status":\#(status)}"#]
            )
        }
    }

    @Test func `the last attempt parks the event with the call's failure, and by hand it is called again`()
        async throws
    {
        let faults = Faults(2)
        let server = FakeServer { request, number throws(CallFailure) in
            if faults.take() { throw .failed(request.url.description, reason: "connection refused") }
            return try FakeServer.counting(request, number)
        }
        let app = CallTests.app(CallTests.label, more: "retry = { attempts = 1 },")
        try await withHost(app, options: CallTests.options(server)) { fixture in
            try await fixture.append("order-1 Placed", "order-1 Placed")
            try await fixture.untilIdle()
            #expect(try await fixture.host.parked().map(\.failure?.code) == ["http-failed", nil])
            let report = try await fixture.host.retryParked(1)
            #expect(report.failed.map(\.1.code) == ["http-failed"])
            let second = try await fixture.host.retryParked(1)
            #expect(second.retried == [1, 2])
            #expect(server.requests.count == 4)
            #expect(server.keys[0] == server.keys[1] && server.keys[1] == server.keys[2])
            #expect(server.keys[3] != server.keys[2])
            #expect(try fixture.events(of: "label-1").count == 2)
            #expect(try await fixture.host.parked().isEmpty)
        }
    }

    @Test func `a repair by hand that waits holds up no lane, and other repairs of its key queue behind it`()
        async throws
    {
        let faults = Faults(1)
        let server = FakeServer { request, number throws(CallFailure) in
            if faults.take() { throw .failed(request.url.description, reason: "connection refused") }
            return try FakeServer.counting(request, number)
        }
        let app =
            CallTests.app(CallTests.label, more: "retry = { attempts = 1 },")
            + #"handler "other" { on = "order.Placed", run = function(e) emit("other-1", "Seen") end }"#
        try await withHost(app, options: CallTests.options(server)) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            server.hold()
            async let first = fixture.host.retryParked(1)
            try await server.untilHeld(1)
            async let second = fixture.host.skipParked(1)
            try await fixture.append("order-2 Placed")
            // The same handler's lane of another key calls out too.
            try await server.untilHeld(2)
            server.release()
            #expect(try await first.retried == [1])
            var refusal: RuntimeError?
            do { _ = try await second } catch let error as RuntimeError { refusal = error }
            #expect(refusal?.code == "unknown-parked")
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "label-1").count == 1)
            #expect(try fixture.events(of: "label-2").count == 1)
        }
    }
}

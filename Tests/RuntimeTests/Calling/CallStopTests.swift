import EventLog
import Runtime
import TestSupport
import Testing

/// Steps that wait for an answer while something else happens to their processor.
@Suite(.unlessItHangs) struct CallStopTests {
    @Test(arguments: ["exactly-once", "at-least-once"])
    func `a host that stops cuts the call off, and the next one asks again with the same key`(
        mode: String
    )
        async throws
    {
        let (server, log) = (FakeServer(), MemoryLog())
        let app = CallTests.app(CallTests.label, mode: mode)
        server.hold()
        try await withHost(app, log: log, options: CallTests.options(server)) { fixture in
            try await fixture.append("order-1 Placed")
            try await server.untilHeld(1)
        }
        #expect(server.cancelled == 1)
        #expect(log.lastPosition == 1)
        server.release()
        try await withHost(app, log: log, options: CallTests.options(server)) { fixture in
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "label-1") == [#"label-1 Printed {"n":2}"#])
            #expect(server.keys.count == 2 && server.keys[0] == server.keys[1])
        }
    }

    @Test func `keys differ between events, processors and logs`() async throws {
        let server = FakeServer()
        let app =
            CallTests.app(CallTests.label)
            + #"handler "again" { on = "order.Placed", run = function(e) \#(CallTests.label) end }"#
        for _ in 0..<2 {
            try await withHost(app, log: MemoryLog(identity: .random()), options: CallTests.options(server)) {
                fixture in
                try await fixture.append("order-1 Placed", "order-1 Placed")
                try await fixture.untilIdle()
            }
        }
        #expect(server.keys.count == 8 && Set(server.keys).count == 8)
        #expect(server.keys.allSatisfy { (57...78).contains($0.utf8.count) })
    }

    @Test func `a paused processor takes the answer, and goes on when it is resumed`() async throws {
        let server = FakeServer()
        server.hold()
        try await withHost(CallTests.app(CallTests.label), options: CallTests.options(server)) { fixture in
            try await fixture.append("order-1 Placed")
            try await server.untilHeld(1)
            try await fixture.host.pause(processor: "ship")
            server.release()
            try await Condition.wait(for: "the call's end") { fixture.clock.sleepers.isEmpty }
            #expect(try fixture.events(of: "label-1").isEmpty)
            try await fixture.host.resume(processor: "ship")
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "label-1") == [#"label-1 Printed {"n":1}"#])
        }
    }

    @Test func `at-most-once, the marks are durable before anybody is called`() async throws {
        let log = InterceptedLog(over: MemoryLog())
        let server = FakeServer { request, number throws(CallFailure) in
            let marks = (try? log.marks(of: "ship")) ?? [:]  // none: the test sees it
            return FakeServer.json(200, "{\"n\":\(marks[5] ?? 0)}")
        }
        let app = CallTests.app(CallTests.label, mode: "at-most-once")
        try await withHost(app, log: log, options: CallTests.options(server)) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "label-1") == [#"label-1 Printed {"n":1}"#])
            #expect(log.frames.dropFirst().map { [$0.events.count, $0.marks.count] } == [[0, 1], [1, 0]])
        }
    }

    @Test func `at-most-once, a call that fails is the only attempt`() async throws {
        let server = FakeServer { request, _ throws(CallFailure) in
            throw .failed(request.url.description, reason: "connection refused")
        }
        let app = CallTests.app(CallTests.label, mode: "at-most-once")
        try await withHost(app, options: CallTests.options(server)) { fixture in
            try await fixture.append("order-1 Placed", "order-1 Placed")
            try await fixture.untilIdle()
            #expect(server.requests.count == 1)
            #expect(try await fixture.host.parked().map(\.failure?.code) == ["http-failed", nil])
        }
    }

    @Test func `at-most-once, a host that stops parks the step whose call it cuts off, and no other`()
        async throws
    {
        let (server, log) = (FakeServer(), MemoryLog())
        let app = CallTests.app(
            "if e.data.warm then return http.get(\"https://carrier.example/w\") end " + CallTests.label,
            mode: "at-most-once"
        )
        let options = CallTests.options(server)
        try await withHost(app, log: log, options: options) { fixture in
            try await fixture.append(#"order-1 Placed {"warm":true}"#)
            try await fixture.untilIdle()
            server.hold()
            try await fixture.append("order-1 Placed", "order-1 Placed", "order-2 Placed")
            try await server.untilHeld(2)
        }
        #expect(server.cancelled == 2 && server.requests.count == 3)
        server.release()
        try await withHost(app, log: log, options: options) { fixture in
            try await fixture.untilIdle()
            let parked = try await fixture.host.parked()
            #expect(parked.map(\.position) == [2, 3, 4])
            #expect(parked.map(\.failure?.code) == ["http-stopped", nil, "http-stopped"])
            #expect(parked[0].failure?.hint.contains("perilune retry") == true)
            // Nobody is called again but by hand.
            #expect(server.requests.count == 3)
            _ = try await fixture.host.retryAllParked(processor: nil)
            #expect(try fixture.events(in: "label").count == 3)
        }
    }

    @Test func `at-most-once, what waited behind a parked event is given up before it calls`() async throws {
        let (server, log) = (FakeServer(), MemoryLog())
        let app = CallTests.app(
            "if e.data.bad then error(\"bad\") end " + CallTests.label,
            mode: "at-most-once"
        )
        let options = CallTests.options(server)
        try await withHost(app, log: log, options: options) { fixture in
            try await fixture.append(#"order-1 Placed {"bad":true}"#, "order-1 Placed", "order-1 Placed")
            try await fixture.untilIdle()
            server.hold()
            async let skipped = fixture.host.skipParked(1)
            try await server.untilHeld(1)
            // As the log is now, a host that dies leaves it to a person.
            #expect(try await fixture.host.parked().first?.failure?.code == "http-stopped")
            server.release()
            #expect(try await skipped.retried == [2, 3])
            server.hold()
            try await fixture.append(#"order-1 Placed {"bad":true}"#, "order-1 Placed")
            try await fixture.until("ship", is: "parked") { $0.parked == 2 }
            // A host that dies behind this leaves the next of the key due.
            let stream = try StreamName("$parked-ship")
            let position = try #require(try await fixture.host.parked().first?.position)
            let data = Array(#"{"position":\#(position)}"#.utf8)[...]
            let end = NewEvent(stream: stream, type: "ParkedEventSkipped", data: data)
            _ = try await log.commit(NewFrame(events: [end]))
        }
        try await withHost(app, log: log, options: options) { fixture in
            try await server.untilHeld(1)
        }
        #expect(server.requests.count == 3)
        server.release()
        try await withHost(app, log: log, options: options) { fixture in
            try await fixture.untilIdle()
            #expect(try await fixture.host.parked().map(\.failure?.code) == ["http-stopped"])
            #expect(server.requests.count == 3)
        }
    }

    @Test func `at-most-once, what is claimed goes on when it is paused`() async throws {
        let server = FakeServer()
        server.hold()
        let app = CallTests.app(CallTests.label, mode: "at-most-once")
        try await withHost(app, options: CallTests.options(server)) { fixture in
            try await fixture.append("order-1 Placed", "order-1 Placed")
            try await server.untilHeld(1)
            try await fixture.host.pause(processor: "ship")
            server.release()
            try await fixture.until("label-1", has: 2)
            #expect(server.requests.count == 2)
        }
    }

    @Test func `at-most-once, a log that fails behind an answer loses what was claimed, and says so`()
        async throws
    {
        let log = MemoryLog()
        let failing = InterceptedLog(over: log) { frame, log throws(EventLogError) in
            if frame.events.contains(where: { $0.stream.category == "label" }) {
                throw .readOnly(reason: "the test says so")
            }
            return try await log.commit(frame)
        }
        let (server, lines) = (FakeServer(), LogLines())
        let app = CallTests.app(CallTests.label, mode: "at-most-once")
        try await withHost(app, log: failing, options: CallTests.options(server, lines)) { fixture in
            try await fixture.append("order-1 Placed", "order-1 Placed")
            try await fixture.until("ship", is: "stopped") { $0.state == .stopped }
        }
        #expect(lines.all.contains("error: ship won't run these again, it is at-most-once: 1, 2"))
        #expect(server.requests.count == 1)
    }
}

import EventLog
import Runtime
import TestSupport
import Testing

@Suite(.unlessItHangs) struct SendTests {
    private let app: AppFixture =
        Apps.counter + """
            handler "react" {
              on = "order.Placed",
              run = function(e) send("counter", e.key, e.data.command or "add", { limit = e.data.limit }) end,
            }
            """

    @Test func `what is sent is recorded with the step, and delivered once`() async throws {
        try await withHost(app) { fixture in
            try await fixture.append(#"order-1 Placed {"limit":9}"#)
            try await fixture.untilIdle()
            #expect(
                try fixture.events(in: "$sent") == [
                    #"$sent-counter-1 CommandSent "#
                        + #"{"aggregate":"counter","args":{"limit":9},"command":"add","key":"1"}"#
                ]
            )
            #expect(try fixture.events(of: "counter-1") == [#"counter-1 Added {"amount":1}"#])
        }
    }

    @Test func `a delivered command says that the sender decided it, in answer to the record`() async throws {
        try await withHost(app) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            let record = try #require(try fixture.recorded(.category("$sent")).first)
            let event = try #require(try fixture.recorded(.category("counter")).first)
            let meta = try event.metaFields()
            #expect(meta["by"] == "$sender")
            #expect(meta["causation"] == .string(record.id.description))
        }
    }

    @Test func `the refusal of a sent command is recorded, and is no failure`() async throws {
        try await withHost(app) { fixture in
            try await fixture.append(#"order-1 Placed {"limit":0}"#)
            try await fixture.untilIdle()
            let outcome = try #require(try fixture.recorded(.category("$command")).first)
            #expect(outcome.type == "CommandRefused")
            #expect(try JSONValue(parsing: outcome.data)["code"] == "over-the-limit")
            #expect(try await fixture.host.parked().isEmpty)
            #expect(try fixture.events(in: "counter").isEmpty)
        }
    }

    @Test func `what was recorded before the host died is delivered by the next one, once`() async throws {
        let log = MemoryLog()
        // The order, then the frame with the record; the delivery is never committed.
        let killed = InterceptedLog(over: log, commit: InterceptedLog.killed(after: 2, losingLast: false))
        try await withHost(app, log: killed) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.until("$sender", is: "stopped") { $0.state == .stopped }
            #expect(try fixture.events(in: "$sent").count == 1)
            #expect(try fixture.events(in: "counter").isEmpty)
        }
        for _ in 0..<2 {
            try await withHost(app, log: log) { fixture in
                try await fixture.untilIdle()
                #expect(try fixture.events(of: "counter-1").count == 1)
            }
        }
    }

    @Test func `a sent command that fails is retried, then parked at the sender`() async throws {
        try await withHost(app) { fixture in
            try await fixture.append(#"order-1 Placed {"command":"fail"}"#, "order-2 Placed")
            for _ in 0..<4 {
                try await fixture.clock.untilSleeping(1)
                fixture.clock.advance(by: 60_000_000)
            }
            try await fixture.untilIdle()
            let parked = try await fixture.host.parked()
            #expect(parked.map(\.processor) == ["$sender"])
            #expect(parked.map(\.attempts) == [5])
            #expect(parked.first?.stream.text == "$sent-counter-1")
            #expect(parked.first?.failure?.summary.contains("broken on purpose") == true)
            #expect(parked.first?.failure?.line == 12)
            #expect(try fixture.events(of: "counter-2").count == 1)
        }
    }

    @Test(arguments: [
        (#"send("conter", "1", "add")"#, #"there is no aggregate conter; did you mean "counter"?"#),
        (#"send("counter", "1", "ad")"#, #"there is no command of counter ad; did you mean "add"?"#),
        (#"send("counter", "1", "add", {}, 5)"#, "options must be a table"),
        (#"send("counter", "1", "add", {}, { at = "1h" })"#, "the option at must be milliseconds since 1970"),
        (#"send("counter", "1", "add", {}, { at = now() + 0.5 })"#, "the option at must be milliseconds"),
        (#"send("counter", "1", "add", {}, { at = -1 })"#, "the option at must be milliseconds"),
        (#"send("counter", "1", "add", {}, { after = 300000000000000 })"#, "up to the year 9999"),
        (
            #"send("counter", "1", "add", {}, { after = "soon" })"#,
            "the option after must be a duration such as"
        ),
        (#"send("counter", "1", "add", {}, { after = -5 })"#, "the option after must be a duration such as"),
        (#"send("counter", "1", "add", {}, { at = 1, after = 1 })"#, "send takes at or after, not both"),
        (
            #"send("counter", "1", "add", {}, { afte = 1 })"#,
            "send has no option afte; there are at and after"
        ),
    ])
    func `a send that could never be delivered fails at once`(run: String, text: String) async throws {
        let app =
            Apps.counter + """
                handler "react" { on = "order.*", retry = { attempts = 1 }, run = function(e) \(run) end }
                """
        try await withHost(app) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.untilIdle()
            let failure = try #require(try await fixture.host.parked().first?.failure)
            #expect(failure.summary.contains(text))
            #expect(failure.file == "app.lua")
            #expect(failure.line == 18)
            #expect(try fixture.events(in: "$sent").isEmpty)
        }
    }
}

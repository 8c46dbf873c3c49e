import EventLog
import Runtime
import TestSupport
import Testing

/// What a host says at its start.
@Suite struct StartReportTests {
    private let app =
        Apps.flaky + """
            aggregate "note" { commands = { remind = function() end } }
            handler "plan" { on = "plan.Made", run = function(e)
              send("note", "1", "remind", {}, { at = 4102444800000 })
            end }
            projection "orders" { on = "order.*", tables = { t = "id text" }, run = function() end }
            """

    private func report(_ fixture: HostFixture) async -> [String] {
        await fixture.host.startReport().map { "\($0.about): \($0.text)" }
    }

    @Test func `a host that has caught up says so in a few lines`() async throws {
        try await withHost(app) { fixture in
            try await fixture.append(#"order-1 Placed {"n":1}"#, "plan-1 Made")
            try await fixture.untilIdle()
            let expected = [
                "handlers: 3, at the end of the log", "models: 1, at the end of the log",
                "timers: 1 waiting, the next is due 2100-01-01T00:00:00.000000Z",
            ]
            let lines = await report(fixture)
            #expect(lines == expected)
        }
    }

    @Test func `who is behind is named, and so is what is parked and stopped`() async throws {
        let log = MemoryLog()
        let clock = ManualClock()
        try await withHost(app, log: log, clock: clock) { fixture in
            try await fixture.append(#"order-1 Placed {"bad":true}"#)
            for wait in 1...2 {
                try await clock.untilSleeping(1)
                clock.advance(by: Int64(wait) * 1_000_000)
            }
            try await fixture.untilIdle()
        }
        let end = log.lastPosition
        let events = try (0..<5).map { try EventText.event("order-\($0) Placed {\"n\":\($0)}") }
        _ = try await log.commit(NewFrame(events: events))
        let gate = HeldCommits()
        gate.hold()
        let held = InterceptedLog(over: log, commit: gate.commit)
        let more = app + #"handler "late" { on = "order.*", from = 1000, run = function() end }"#
        let fixture = try await HostFixture(more, log: held, clock: clock)
        try await gate.untilHeld(2)
        let lines = await report(fixture)
        let all = end + 5
        #expect(lines[0].hasPrefix("handlers: 4, behind the end at \(all): late at 0, \(all) behind; "))
        #expect(lines.contains("stopped: late (handler late has from = 1000, and the log ends at \(all))"))
        #expect(lines.contains("parked: 1: flaky 1"))
        gate.release()
        await fixture.host.stop()
    }

    @Test func `a hundred handlers that are behind are a line`() async throws {
        let log = MemoryLog()
        _ = try await log.commit(NewFrame(events: [try EventText.event("order-1 Placed")]))
        let handlers = (10..<110).map { number in
            #"handler "h\#(number)" { on = "order.*", from = 9, run = function() end } "#
        }
        try await withHost(AppFixture(handlers.joined()), log: log) { fixture in
            let lines = await report(fixture)
            #expect(lines[0].hasPrefix("handlers: 100, behind the end at 1: h"))
            #expect(lines[0].hasSuffix("; and 92 more"))
            #expect(lines.count == 3)
        }
    }
}

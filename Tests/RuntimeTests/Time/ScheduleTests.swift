import EventLog
import Foundation
import Runtime
import TestSupport
import Testing

/// Schedules: ticks as events, each with its step; what is missed, and what editing changes.
@Suite(.unlessItHangs) struct ScheduleTests {
    /// Emits what it is told of each tick.
    private static func app(
        _ cron: String,
        _ more: String = "",
        run: String = #"emit("tick-1", "Ticked", { at = now(), time = tick.time, missed = tick.missed })"#
    ) -> AppFixture {
        Apps.counter + """
            schedule "close-of-day" { cron = "\(cron)", \(more) run = function(tick) \(run) end }
            """
    }

    private static func clock(at text: String) throws -> ManualClock {
        ManualClock(now: try microseconds(text))
    }

    private static func microseconds(_ text: String) throws -> LogTime {
        LogTime(try Date(text, strategy: .iso8601).timeIntervalSince1970) * 1_000_000
    }

    private static func tick(_ text: String, missed: Int = 0) throws -> String {
        let time = try microseconds(text) / 1_000
        return "tick-1 Ticked {\"at\":\(time),\"missed\":\(missed),\"time\":\(time)}"
    }

    private static let hour: Int64 = 3_600_000_000

    @Test func `a schedule ticks at its times, and the step's time is the scheduled one`() async throws {
        let clock = try Self.clock(at: "2026-03-27T12:00:00Z")
        let app = Self.app("0 9 * * MON-FRI", "zone = \"Europe/Berlin\",")
        try await withHost(app, clock: clock) { fixture in
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "tick-1").isEmpty)
            let status = try await fixture.status(of: "close-of-day")
            #expect(status.kind == .schedule)
            #expect(status.nextDue == (try Self.microseconds("2026-03-30T07:00:00Z")))
            clock.advance(by: 67 * Self.hour - 1)
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "tick-1").isEmpty)
            clock.advance(by: 1)
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "tick-1") == [try Self.tick("2026-03-30T07:00:00Z")])
            let next = try await fixture.status(of: "close-of-day").nextDue
            #expect(next == (try Self.microseconds("2026-03-31T07:00:00Z")))
            #expect(try await fixture.status(of: "$timers").nextDue == next)
        }
    }

    @Test func `a tick is an event of the log, which its effects name as their cause`() async throws {
        let clock = try Self.clock(at: "2026-01-01T00:00:30Z")
        let run = #"command("counter", "1", "add", {}) send("counter", "2", "add")"#
        try await withHost(Self.app("* * * * *", run: run), clock: clock) { fixture in
            try await fixture.untilIdle()
            clock.advance(by: 30_000_000)
            try await fixture.untilIdle()
            let at = try Self.microseconds("2026-01-01T00:01:00Z") / 1_000
            let rule = #""cron":"* * * * *""#
            let stream = "$schedule-close-of-day"
            #expect(
                try fixture.events(of: stream) == [
                    "\(stream) ScheduleSet {\"at\":\(at - 30_000),\(rule),\"zone\":\"UTC\"}",
                    "\(stream) ScheduleTicked {\"at\":\(at),\(rule),\"missed\":0,\"zone\":\"UTC\"}",
                ]
            )
            let tick = try #require(try fixture.recorded(.category("$schedule")).last)
            let added = try #require(try fixture.recorded(.category("counter")).first)
            #expect(try added.metaFields()["causation"] == .string(tick.id.description))
            #expect(try added.metaFields()["by"] == "close-of-day")
            #expect(try tick.metaFields()["rule"] == .string(fixture.host.scripts.hash))
            #expect(try fixture.events(of: "counter-2").count == 1)
        }
    }

    @Test(arguments: [
        ("one", ["2026-01-01T03:00:00Z"], [2]),
        ("all", ["2026-01-01T01:00:00Z", "2026-01-01T02:00:00Z", "2026-01-01T03:00:00Z"], [0, 0, 0]),
        ("none", [], []),
    ])
    func `ticks missed while the host was down are made up as the schedule chooses`(
        choice: String,
        times: [String],
        missed: [Int]
    ) async throws {
        let (log, clock) = (MemoryLog(), try Self.clock(at: "2026-01-01T00:10:00Z"))
        let app = Self.app("@hourly", "missed = \"\(choice)\",")
        try await withHost(app, log: log, clock: clock) { try await $0.untilIdle() }
        clock.advance(by: 3 * Self.hour)
        let expected = try zip(times, missed).map { try Self.tick($0, missed: $1) }
        for _ in 0..<2 {
            try await withHost(app, log: log, clock: clock) { fixture in
                try await fixture.untilIdle()
                #expect(try fixture.events(of: "tick-1") == expected)
            }
        }
        // From here on all three are the same again.
        try await withHost(app, log: log, clock: clock) { fixture in
            try await fixture.untilIdle()
            clock.advance(by: 50 * 60_000_000)
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "tick-1") == expected + [try Self.tick("2026-01-01T04:00:00Z")])
        }
    }

    @Test func `a tick that is late by a restart isn't missed`() async throws {
        let (log, clock) = (MemoryLog(), try Self.clock(at: "2026-01-01T00:59:30Z"))
        let app = Self.app("@hourly", "missed = \"none\",")
        try await withHost(app, log: log, clock: clock) { try await $0.untilIdle() }
        clock.advance(by: 89_000_000)
        try await withHost(app, log: log, clock: clock) { fixture in
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "tick-1") == [try Self.tick("2026-01-01T01:00:00Z")])
        }
    }

    @Test func `more missed ticks than a frame holds are all made up, in order`() async throws {
        let (log, clock) = (MemoryLog(), try Self.clock(at: "2026-01-01T00:00:00Z"))
        let app = Self.app(
            "* * * * *",
            "missed = \"all\",",
            run: #"emit("tick-1", "Ticked", { n = tick.time })"#
        )
        try await withHost(app, log: log, clock: clock) { try await $0.untilIdle() }
        clock.advance(by: 24 * Self.hour)
        try await withHost(app, log: log, clock: clock) { fixture in
            try await fixture.untilIdle()
            let times = try fixture.recorded(.category("tick")).compactMap {
                try JSONValue(parsing: $0.data)["n"]?.integer
            }
            let first = try Self.microseconds("2026-01-01T00:01:00Z") / 1_000
            #expect(times == (0..<1_440).map { first + Int64($0) * 60_000 })
        }
    }

    @Test func `an edited cron holds from the edit on, and makes nothing up for itself`() async throws {
        let (log, clock) = (MemoryLog(), try Self.clock(at: "2026-01-01T00:10:00Z"))
        try await withHost(Self.app("30 * * * *"), log: log, clock: clock) { fixture in
            try await fixture.untilIdle()
            clock.advance(by: Self.hour / 2)
            try await fixture.untilIdle()
        }
        clock.advance(by: 2 * Self.hour)
        // 02:40: the old rule's 01:30 and 02:30 have passed, and the new one's 01:00 and 02:00.
        try await withHost(Self.app("0 * * * *"), log: log, clock: clock) { fixture in
            try await fixture.untilIdle()
            clock.advance(by: Self.hour / 2)
            try await fixture.untilIdle()
            #expect(
                try fixture.events(of: "tick-1") == [
                    try Self.tick("2026-01-01T00:30:00Z"), try Self.tick("2026-01-01T03:00:00Z"),
                ]
            )
            let types = try fixture.recorded(.category("$schedule")).map(\.type)
            #expect(types == ["ScheduleSet", "ScheduleTicked", "ScheduleSet", "ScheduleTicked"])
        }
    }

    @Test func `a failing tick is retried, then parked, and the next waits behind it`() async throws {
        let clock = try Self.clock(at: "2026-01-01T00:00:30Z")
        let app = Self.app("@hourly", "retry = { attempts = 2 },", run: #"error("no")"#)
        try await withHost(app, clock: clock) { fixture in
            try await fixture.untilIdle()
            clock.advance(by: Self.hour)
            // The next tick's alarm, and the wait for another try.
            try await clock.untilSleeping(2)
            clock.advance(by: 60_000_000)
            try await fixture.untilIdle()
            clock.advance(by: Self.hour)
            try await fixture.untilIdle()
            let parked = try await fixture.host.parked(processor: "close-of-day")
            #expect(parked.map(\.attempts) == [2, 0])
            #expect(parked.first?.failure?.file == "app.lua")
        }
    }

    @Test func `two schedules have their own ticks`() async throws {
        let clock = try Self.clock(at: "2026-01-01T00:00:30Z")
        let app: AppFixture = """
            local function saw(tick) emit("seen-" .. tick.name, "Seen", { n = tick.name }) end
            schedule "a" { cron = "* * * * *", run = saw }
            schedule "b" { cron = "*/2 * * * *", run = saw }
            """
        try await withHost(app, clock: clock) { fixture in
            for _ in 0..<4 {
                try await fixture.untilIdle()
                clock.advance(by: 60_000_000)
            }
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "seen-a") == Array(repeating: #"seen-a Seen {"n":"a"}"#, count: 4))
            #expect(try fixture.events(of: "seen-b") == Array(repeating: #"seen-b Seen {"n":"b"}"#, count: 2))
        }
    }

    /// Set, tick, step: each lost, and each durable without its answer.
    @Test(arguments: 1...4, [false, true])
    func `wherever the host dies, a tick and its effects come once`(
        frames: Int,
        losingLast: Bool
    ) async throws {
        let (log, clock) = (MemoryLog(), try Self.clock(at: "2026-01-01T00:10:00Z"))
        let killed = InterceptedLog(
            over: log,
            commit: InterceptedLog.killed(after: frames, losingLast: losingLast)
        )
        let app = Self.app("@hourly")
        let fixture = try await HostFixture(app, log: killed, clock: clock)
        try await Condition.wait(for: "the rule or the end") {
            let stopped = await fixture.host.processors().contains { $0.state == .stopped }
            return stopped || !clock.sleepers.isEmpty
        }
        clock.advance(by: Self.hour)
        try await Condition.wait(for: "the step or the end") {
            let stopped = await fixture.host.processors().contains { $0.state == .stopped }
            return try stopped || fixture.events(of: "tick-1").count == 1
        }
        await fixture.host.stop()
        try await withHost(app, log: log, clock: clock) { fixture in
            try await fixture.untilIdle()
            let types = try fixture.recorded(.category("$schedule")).map(\.type)
            #expect(types == ["ScheduleSet", "ScheduleTicked"])
            #expect(try fixture.events(of: "tick-1") == [try Self.tick("2026-01-01T01:00:00Z")])
        }
    }

    @Test(arguments: [
        (
            #"cron = "61 * * * *", run = print"#,
            #"has cron = "61 * * * *": the minute 61 isn't from 0 to 59; a minute"#
        ),
        (#"cron = "@daily", zone = "Berlin", run = print"#, #"did you mean "Europe/Berlin"?"#),
        (
            #"cron = "@daily", missed = "some", run = print"#,
            #"has missed = some; it is "one", "all" or "none""#
        ),
        (#"cron = "@daily", on_failure = "x", run = print"#, #"it is "park" or "stop""#),
        (#"cron = "@daily", on = "a.B", run = print"#, "has no field on; "),
        (#"cron = "@daily""#, "needs run to be a function"),
    ])
    func `a schedule that can't be is an error at its line`(body: String, text: String) async throws {
        let app: AppFixture = "-- line 1\nschedule \"close-of-day\" { \(body) }"
        let error = await #expect(throws: RuntimeError.self) { try await withHost(app) { _ in } }
        guard case .script(let failure)? = error else {
            Issue.record("no script failure: \(String(describing: error))")
            return
        }
        #expect(failure.line == 2)
        #expect(failure.summary.contains("schedule \"close-of-day\""))
        #expect(failure.summary.contains(text))
        #expect(failure.file == "app.lua")
    }
}

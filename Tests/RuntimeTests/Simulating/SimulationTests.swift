import EventLog
import TestSupport
import Testing

@testable import Runtime

/// What an app makes of recorded inputs on a fork: the same as the host that recorded them, by the same
/// rules.
@Suite(.unlessItHangs) struct SimulationTests {
    /// Lets an app live through a log from a position on.
    private func simulate(
        _ app: AppFixture,
        over log: any EventLog,
        from first: Position = 1,
        limits: SimulationLimits = SimulationLimits()
    ) throws -> Simulation {
        let stretch = first...log.lastPosition
        let outcomes = try RecordedOutcomes(log, over: stretch)
        let simulation = try Simulation(
            try app.scripts(),
            over: log,
            behind: first - 1,
            outcomes,
            time: try #require(try log.event(at: first)).time,
            version: "the scripts",
            limits: limits
        )
        var inputs = InputWalk(log, over: stretch, outcomes)
        func pass(to time: LogTime) throws {
            while let due = simulation.nextDue, due <= time { _ = try simulation.fire() }
        }
        while let input = try inputs.next() {
            try pass(to: input.time)
            _ = try simulation.take(input)
        }
        try pass(to: try #require(try log.event(at: log.lastPosition)).time)
        #expect(simulation.fork.eventsAsRecorded == inputs.outcomeEvents)
        return simulation
    }

    /// The events of each stream in their order, with all that a rule decides of them; what a host keeps of
    /// itself aside.
    private func streams(of log: any EventLog) throws -> [String: [String]] {
        var streams: [String: [String]] = [:]
        var pages = EventPages(log, over: 1...log.lastPosition)
        while let event = try pages.next() {
            guard event.type != "ScheduleSet", !["$processor", "$parked"].contains(event.stream.category)
            else { continue }
            var text = "\(event.id) \(event.type) \(event.tags)"
            // It names a position, which is another one on a fork.
            if event.type != TimerRecord.firedType {
                text += " " + String(decoding: event.data, as: UTF8.self)
            }
            streams[event.stream.text, default: []].append(text)
        }
        return streams
    }

    private static let totals = [20, 60, 45, 44, 30, 52, 80, 39, 41, 90, 10, 70]

    @Test
    func `the scripts that decided a log come to the same again, stream by stream, with chance and timers`()
        async throws
    {
        let shop = SimulatedShop()
        let log = try await shop.history(of: Self.totals, minutesBehind: 20)
        let simulation = try simulate(shop.app, over: log)
        #expect(try streams(of: simulation.fork.log) == streams(of: log))
        #expect(try streams(of: log).count > 40)
        #expect(simulation.heldUp == 0)
    }

    @Test func `a part of a log goes on from what was before it, timers that run among it`() async throws {
        let shop = SimulatedShop()
        let log = try await shop.history(of: Self.totals, minutesBehind: 20)
        // The record of the fifth order: three timers wait then.
        let records = try log.read(ReadRequest(.query(EventQuery(types: ["CommandAccepted"])))).events
        let fifth = try #require(records.first { $0.stream.text == "$command-order-4" })
        let simulation = try simulate(shop.app, over: log, from: fifth.position)
        #expect(try streams(of: simulation.fork.log) == streams(of: log))
    }

    @Test func `ticks come at their times, and are known as those that are recorded`() async throws {
        let app: AppFixture = """
            schedule "hourly" { cron = "0 * * * *", run = function(tick)
              emit("tick-1", "Ticked", { at = now(), dice = random(1000000), missed = tick.missed })
            end }
            """
        let clock = ManualClock(now: SimulatedShop.start)
        let log = MemoryLog(clock: { clock.now })
        try await withHost(app, log: log, clock: clock) { fixture in
            for number in 1...4 {
                try await fixture.clock.untilSleeping(1)
                fixture.clock.advance(by: try #require(fixture.clock.sleepers.first))
                try await fixture.until("tick-1", has: number)
                try await fixture.untilIdle()
            }
        }
        let simulation = try simulate(app, over: log)
        #expect(try streams(of: simulation.fork.log) == streams(of: log))
        #expect(try streams(of: log)["tick-1"]?.count == 4)
    }

    @Test
    func `events from outside are inputs, under ids of their clients too, and aborts are recorded alike`()
        async throws
    {
        let app: AppFixture = """
            handler "echo" { on = "start.*", run = function(e)
              if e.data.n == 2 then abort("no twos", { record = true }) end
              emit("echo-" .. e.key, "Echoed", { n = e.data.n, dice = random(1000000) },
                { tags = { "n" }, meta = { note = "a\\"b" } })
            end }
            handler "again" { on = "echo.*", run = function(e)
              emit("again-" .. e.key, "Repeated", { id = e.id, dice = random(1000000) })
            end }
            """
        let log = MemoryLog()
        try await withHost(app, log: log) { fixture in
            for number in 1...3 {
                var event = try EventText.event(#"start-\#(number) Started {"n":\#(number)}"#)
                if number == 3 { event.id = EventID(high: 7, low: 9) }
                _ = try await fixture.host.commit(NewFrame(events: [event]))
                try await fixture.untilIdle()
            }
        }
        let simulation = try simulate(app, over: log)
        #expect(try streams(of: simulation.fork.log) == streams(of: log))
        #expect(try streams(of: log)["again-3"]?.count == 1)
        #expect(try streams(of: log)["$aborted-echo"]?.count == 1)
    }

    @Test func `a step that fails holds up its key, and no other`() async throws {
        let app: AppFixture = """
            handler "count" { on = "start.*", retry = { attempts = 1 }, run = function(e)
              if e.data.n == 2 then error("no twos") end
              emit("count-" .. e.key, "Counted", { n = e.data.n })
            end }
            """
        let log = MemoryLog()
        try await withHost(app, log: log) { fixture in
            for line in [
                "start-1 S {\"n\":1}", "start-1 S {\"n\":2}", "start-1 S {\"n\":3}", "start-2 S {\"n\":3}",
            ] {
                try await fixture.append(line)
            }
            try await fixture.untilIdle()
        }
        let simulation = try simulate(app, over: log)
        #expect(try streams(of: simulation.fork.log) == streams(of: log))
        #expect(simulation.heldUp == 1)
    }

    @Test func `a step that calls out leaves what its recorded run left`() async throws {
        let log = try await CallingShop.history()
        let simulation = try simulate(CallingShop.app("args.total"), over: log)
        #expect(try streams(of: simulation.fork.log) == streams(of: log))
        #expect(try streams(of: log)["mail-2"]?.count == 1)
    }
}

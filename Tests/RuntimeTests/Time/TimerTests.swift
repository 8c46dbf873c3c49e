import EventLog
import Runtime
import TestSupport
import Testing

/// Commands that are sent to be decided later: `send(…, { at = … })` and `{ after = … }`.
///
/// The log's events carry a time of their own, so what is due is given by `order` events in milliseconds.
@Suite(.unlessItHangs) struct TimerTests {
    static let app: AppFixture =
        Apps.counter + """
            handler "react" {
              on = "order.Placed",
              run = function(e)
                send("counter", e.key, e.data.command or "add", { amount = e.data.n }, { at = e.data.at })
              end,
            }
            """

    /// The test clock's start, in milliseconds; no event of the log is as late as `later`.
    static let later: Int64 = 4_000_000_000_000

    /// A clock that stands a minute before `later`.
    static func clock() -> ManualClock { ManualClock(now: (later - 60_000) * 1_000) }

    private static func order(_ key: Int, after seconds: Int64, _ more: String = "") -> String {
        "order-\(key) Placed {\"at\":\(later + seconds * 1_000)\(more)}"
    }

    @Test func `a command is decided when it is due, and not before`() async throws {
        try await withHost(Self.app, clock: Self.clock()) { fixture in
            try await fixture.append(Self.order(1, after: 0))
            try await fixture.clock.untilSleeping(1)
            #expect(fixture.clock.sleepers == [60_000_000])
            #expect(try fixture.events(in: "$timer").count == 1)
            fixture.clock.advance(by: 59_999_999)
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "counter-1").isEmpty)
            fixture.clock.advance(by: 1)
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "counter-1") == [#"counter-1 Added {"amount":1}"#])
            #expect(fixture.clock.sleepers.isEmpty)
        }
    }

    @Test func `the log tells the life of a timer`() async throws {
        try await withHost(Self.app, clock: Self.clock()) { fixture in
            try await fixture.append(Self.order(1, after: 0, #","n":7"#))
            try await fixture.clock.untilSleeping(1)
            fixture.clock.advance(by: 60_000_000)
            try await fixture.untilIdle()
            let data =
                #"{"aggregate":"counter","args":{"amount":7},"at":\#(Self.later),"command":"add","key":"1"}"#
            #expect(
                try fixture.events(in: "$timer") == [
                    "$timer-counter-1 TimerSet \(data)", #"$timer-counter-1 TimerFired {"timer":2}"#,
                ]
            )
            #expect(try fixture.events(in: "$sent") == ["$sent-counter-1 CommandSent \(data)"])
            let set = try #require(try fixture.recorded(.category("$timer")).first)
            let sent = try #require(try fixture.recorded(.category("$sent")).first)
            #expect(try sent.metaFields()["by"] == "$timers")
            #expect(try sent.metaFields()["causation"] == .string(set.id.description))
            #expect(try sent.metaFields()["correlation"] == set.metaFields()["correlation"])
            #expect(try set.metaFields()["by"] == "react")
        }
    }

    @Test func `timers fire in the order in which they are due`() async throws {
        try await withHost(Self.app, clock: Self.clock()) { fixture in
            for (key, after) in [(1, 30), (2, 10), (3, 20)] {
                try await fixture.append(Self.order(key, after: Int64(after)))
            }
            try await fixture.until("$timers", is: "waiting") { $0.waitingTimers == 3 }
            #expect(try await fixture.status(of: "$timers").nextDue == (Self.later + 10_000) * 1_000)
            try await fixture.untilIdle()
            fixture.clock.advance(by: 3_600_000_000)
            try await fixture.untilIdle()
            let sent = try fixture.recorded(.category("$sent")).map(\.stream.key)
            #expect(sent == ["counter-2", "counter-3", "counter-1"])
            #expect(try await fixture.status(of: "$timers").waitingTimers == 0)
            #expect(try await fixture.status(of: "$timers").steps == 3)
        }
    }

    @Test func `one alarm is set, for the earliest, however many wait`() async throws {
        try await withHost(Self.app, clock: Self.clock()) { fixture in
            for page in 0..<100 {
                let orders = try (0..<100).map { number in
                    try EventText.event(Self.order(page * 100 + number, after: Int64(10_000 - number)))
                }
                _ = try await fixture.host.commit(NewFrame(events: orders))
            }
            try await fixture.until("$timers", is: "waiting") { $0.waitingTimers == 10_000 }
            try await fixture.append(Self.order(1, after: 5))
            try await fixture.until("$timers", is: "waiting") { $0.waitingTimers == 10_001 }
            try await fixture.untilIdle()
            // The alarm before it is taken back by a task of its own.
            try await Condition.wait(for: "one alarm") { fixture.clock.sleepers == [65_000_000] }
            fixture.clock.advance(by: 65_000_000)
            try await fixture.until("counter-1", has: 1)
            try await fixture.untilIdle()
            // The next is due in more than an hour, after which the clock is looked at.
            #expect(fixture.clock.sleepers == [3_600_000_000])
            #expect(try fixture.events(in: "counter").count == 1)
        }
    }

    @Test func `what is due at once is simply sent`() async throws {
        try await withHost(Self.app) { fixture in
            try await fixture.append(#"order-1 Placed {"at":5}"#, "order-2 Placed")
            try await fixture.untilIdle()
            #expect(try fixture.events(in: "$timer").isEmpty)
            #expect(try fixture.events(in: "counter").count == 2)
        }
    }

    @Test func `after counts from the event that is processed`() async throws {
        let app =
            Apps.counter + """
                handler "react" {
                  on = "order.Placed",
                  run = function(e) send("counter", e.key, "add", {}, { after = e.data.after }) end,
                }
                """
        try await withHost(app) { fixture in
            let receipt = try await fixture.append(
                #"order-1 Placed {"after":"1h30m"}"#,
                #"order-2 Placed {"after":1500}"#,
                #"order-3 Placed {"after":0}"#
            )
            try await fixture.until("$timers", is: "waiting") { $0.waitingTimers == 2 }
            let due = try fixture.recorded(.category("$timer")).map {
                try JSONValue(parsing: $0.data)["at"]?.integer
            }
            let time = receipt.time / 1_000
            #expect(Set(due) == [time + 5_400_000, time + 1_500])
            try await fixture.until("counter-3", has: 1)
        }
    }

    @Test func `what fell due while the host was down fires once, at start`() async throws {
        let (log, clock) = (MemoryLog(), Self.clock())
        try await withHost(Self.app, log: log, clock: clock) { fixture in
            for key in 1...3 { try await fixture.append(Self.order(key, after: Int64(key) * 60)) }
            try await fixture.untilIdle()
        }
        clock.advance(by: 180_000_000)
        for _ in 0..<2 {
            try await withHost(Self.app, log: log, clock: clock) { fixture in
                try await fixture.untilIdle()
                #expect(try fixture.events(of: "counter-1").count == 1)
                #expect(try fixture.events(of: "counter-2").count == 1)
                #expect(try fixture.events(of: "counter-3").isEmpty)
                #expect(try await fixture.status(of: "$timers").waitingTimers == 1)
            }
        }
    }

    /// The order, the timer, the firing, the delivery; each with and without its answer.
    @Test(arguments: 1...5, [false, true])
    func `wherever the host dies, a timer fires once`(frames: Int, losingLast: Bool) async throws {
        let (log, clock) = (MemoryLog(), Self.clock())
        let killed = InterceptedLog(
            over: log,
            commit: InterceptedLog.killed(after: frames, losingLast: losingLast)
        )
        let fixture = try await HostFixture(Self.app, log: killed, clock: clock)
        do { try await fixture.append(Self.order(1, after: 0)) } catch RuntimeError.log(.closed) {}
        try await Condition.wait(for: "the timer or the end") {
            let stopped = await fixture.host.processors().contains { $0.state == .stopped }
            return try stopped || fixture.events(in: "$timer").count == 1 && !clock.sleepers.isEmpty
        }
        clock.advance(by: 60_000_000)
        try await Condition.wait(for: "the delivery or the end") {
            let stopped = await fixture.host.processors().contains { $0.state == .stopped }
            return try stopped || fixture.events(of: "counter-1").count == 1
        }
        await fixture.host.stop()
        try await withHost(Self.app, log: log, clock: clock) { fixture in
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "counter-1").count == 1)
            #expect(try fixture.recorded(.category("$timer")).map(\.type) == ["TimerSet", "TimerFired"])
        }
    }

    @Test func `two hosts on one log: the older is fenced, and the timer fires once`() async throws {
        let (log, clock) = (MemoryLog(), Self.clock())
        let held = HeldCommits()
        let slow = InterceptedLog(over: log, commit: held.commit)
        try await withHost(Self.app, log: slow, clock: clock) { old in
            try await old.append(Self.order(1, after: 0))
            try await old.clock.untilSleeping(1)
            held.hold()
            clock.advance(by: 60_000_000)
            try await held.untilHeld(1)
            try await withHost(Self.app, log: log, clock: clock) { new in
                try await new.until("counter-1", has: 1)
            }
            held.release()
            try await old.until("$timers", is: "stopped") { $0.state == .stopped }
            #expect(try await old.status(of: "$timers").lastFailure?.code == "fenced")
            #expect(try old.recorded(.category("$sent")).count == 1)
        }
    }

    @Test func `a stopped timekeeper begins anew from the log when it is resumed`() async throws {
        let clock = Self.clock()
        let log = InterceptedLog(over: MemoryLog())
        try await withHost(Self.app, log: log, clock: clock) { fixture in
            try await fixture.append(Self.order(1, after: 0), Self.order(2, after: 60))
            try await fixture.until("$timers", is: "waiting") { $0.waitingTimers == 2 }
            try await fixture.untilIdle()
            log.failReads(with: .closed)
            clock.advance(by: 60_000_000)
            try await fixture.until("$timers", is: "stopped") { $0.state == .stopped }
            log.failReads(with: nil)
            try await fixture.host.resume(processor: "$timers")
            try await fixture.until("$sent-counter-1", has: 1)
            #expect(try await fixture.status(of: "$timers").waitingTimers == 1)
        }
    }

    @Test func `nothing fires while timers are paused`() async throws {
        try await withHost(Self.app, clock: Self.clock()) { fixture in
            try await fixture.append(Self.order(1, after: 0))
            try await fixture.clock.untilSleeping(1)
            try await fixture.host.pause(processor: "$timers")
            fixture.clock.advance(by: 60_000_000)
            try await fixture.untilIdle()
            #expect(try await fixture.status(of: "$timers").state == .paused)
            #expect(try await fixture.status(of: "$timers").lagEvents > 0)
            #expect(try fixture.events(in: "$sent").isEmpty)
            try await fixture.host.resume(processor: "$timers")
            try await fixture.until("counter-1", has: 1)
        }
    }

    @Test func `a timer whose command fails is retried and parked at the sender`() async throws {
        try await withHost(Self.app, clock: Self.clock()) { fixture in
            try await fixture.append(Self.order(1, after: 0, #","command":"fail""#))
            for _ in 0..<5 {
                try await fixture.clock.untilSleeping(1)
                fixture.clock.advance(by: 60_000_000)
            }
            try await fixture.untilIdle()
            let parked = try await fixture.host.parked()
            #expect(parked.map(\.processor) == ["$sender"])
            #expect(parked.map(\.stream.text) == ["$sent-counter-1"])
        }
    }
}

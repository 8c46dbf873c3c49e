import EventLog
import Runtime
import TestSupport
import Testing

@Suite(.unlessItHangs) struct ExactlyOnceTests {
    /// Each event has an effect on a stream of its own, one on an aggregate that all share, one that is sent.
    private static let app: AppFixture =
        Apps.counter + """
            handler "react" {
              on = "order.Placed",
              run = function(e)
                emit("seen-" .. e.key, "Seen", { n = e.data.n })
                command("counter", "all", "add")
                send("counter", "sent", "add")
              end,
            }
            """

    private static let orders = 12

    private func place(on log: any EventLog) async throws {
        for n in 0..<Self.orders {
            _ = try await log.commit(
                NewFrame(events: [try EventText.event(#"order-\#(n % 5) Placed {"n":\#(n)}"#)])
            )
        }
    }

    /// Lets a last host finish what others began, and counts each effect.
    private func checkEffects(
        in log: MemoryLog,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await withHost(Self.app, log: log) { fixture in
            try await fixture.untilIdle()
            let seen = try fixture.recorded(.category("seen")).map {
                try JSONValue(parsing: $0.data)["n"]?.integer
            }
            #expect(
                seen.compactMap(\.self).sorted() == (0..<12).map(Int64.init),
                sourceLocation: sourceLocation
            )
            #expect(
                try fixture.events(of: "counter-all").count == Self.orders,
                sourceLocation: sourceLocation
            )
            #expect(
                try fixture.events(of: "counter-sent").count == Self.orders,
                sourceLocation: sourceLocation
            )
            #expect(try fixture.events(in: "$sent").count == Self.orders, sourceLocation: sourceLocation)
        }
    }

    @Test func `a host that is stopped and started again and again does each thing once`() async throws {
        let log = MemoryLog()
        try await place(on: log)
        for target in 1...6 {
            try await withHost(Self.app, log: log) { fixture in
                try await fixture.until("counter-all", has: min(Self.orders, target * 2))
            }
        }
        try await checkEffects(in: log)
    }

    @Test(arguments: [false, true])
    func `a host that is killed at any commit does each thing once`(losingLast: Bool) async throws {
        for count in 1...14 {
            let log = MemoryLog()
            try await place(on: log)
            let killed = InterceptedLog(
                over: log,
                commit: InterceptedLog.killed(after: count, losingLast: losingLast)
            )
            // One worker makes small batches likely, and so many commits.
            let fixture = try await HostFixture(Self.app, log: killed, options: .init(workers: 1))
            try await Condition.wait(for: "idle or dead") {
                let all = await fixture.host.processors()
                return all.contains { $0.state == .stopped }
                    || all.allSatisfy { $0.position >= log.lastPosition }
            }
            await fixture.host.stop()
            try await checkEffects(in: log)
        }
    }

    @Test func `two hosts on one log do each thing once`() async throws {
        let log = MemoryLog()
        try await withHost(Self.app, log: log) { one in
            try await withHost(Self.app, log: log) { other in
                try await place(on: log)
                // One of them is fenced, or both are, or they never met.
                for fixture in [one, other] {
                    try await Condition.wait(for: "idle or fenced") {
                        await fixture.host.processors().allSatisfy {
                            $0.state == .stopped || $0.position >= log.lastPosition
                        }
                    }
                }
            }
        }
        try await checkEffects(in: log)
    }

    @Test func `a host whose marks were moved by another is fenced, stops, and says so`() async throws {
        let log = MemoryLog()
        let gate = HeldCommits()
        let held = InterceptedLog(over: log, commit: gate.commit)
        try await withHost(Self.app, log: held) { stale in
            gate.hold()
            _ = try await log.commit(NewFrame(events: [try EventText.event(#"order-1 Placed {"n":0}"#)]))
            try await gate.untilHeld(1)
            try await withHost(Self.app, log: log) { fixture in try await fixture.until("seen-1", has: 1) }
            gate.release()
            try await stale.until("react", is: "stopped") { $0.state == .stopped }
            let failure = try await stale.status(of: "react").lastFailure
            #expect(failure?.code == "fenced")
            #expect(failure?.hint == "another host processes this lane; stop one of the two")
            #expect(try stale.events(in: "seen") == [#"seen-1 Seen {"n":0}"#])
            #expect(try stale.events(of: "counter-all").count == 1)
        }
    }

    @Test func `a host that was fenced goes on when it is resumed, once the other is gone`() async throws {
        let log = MemoryLog()
        let gate = HeldCommits()
        let held = InterceptedLog(over: log, commit: gate.commit)
        try await withHost(Self.app, log: held) { stale in
            gate.hold()
            _ = try await log.commit(NewFrame(events: [try EventText.event(#"order-1 Placed {"n":0}"#)]))
            try await gate.untilHeld(1)
            try await withHost(Self.app, log: log) { fixture in try await fixture.untilIdle() }
            gate.release()
            try await stale.until("react", is: "stopped") { $0.state == .stopped }
            for status in await stale.host.processors() {
                try await stale.host.resume(processor: status.name)
            }
            try await stale.append(#"order-1 Placed {"n":1}"#)
            try await stale.untilIdle()
            #expect(try stale.events(in: "seen") == [#"seen-1 Seen {"n":0}"#, #"seen-1 Seen {"n":1}"#])
            #expect(try stale.events(of: "counter-sent").count == 2)
        }
    }
}

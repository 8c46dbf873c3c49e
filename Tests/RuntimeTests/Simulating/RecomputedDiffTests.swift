import EventLog
import TestSupport
import Testing

@testable import Runtime

/// What would change if other scripts decided, and what would follow from that.
@Suite(.unlessItHangs) struct RecomputedDiffTests {
    private func diff(
        _ old: AppFixture,
        _ new: AppFixture,
        over log: any EventLog,
        limits: SimulationLimits = SimulationLimits(),
        _ change: (inout DiffRequest) -> Void = { _ in }
    ) throws -> ScriptDiff {
        var request = DiffRequest(old: try old.scripts(), new: try new.scripts())
        request.downstream = .recomputed
        change(&request)
        return try ScriptComparison.run(request, over: log, limits: limits)
    }

    private static func totals(_ random: inout SeededRandom) -> [Int] {
        (0..<14).map { _ in Int.random(in: 1...100, using: &random) }
    }

    @Test func `the same scripts differ in nothing`() async throws {
        var random = SeededRandom(seed: 1)
        let totals = Self.totals(&random)
        let shop = SimulatedShop()
        let log = try await shop.history(of: totals, minutesBehind: 20)
        let diff = try diff(shop.app, shop.app, over: log)
        #expect(diff.isSame && diff.changes.isEmpty && diff.readModels.isEmpty)
        #expect(diff.downstream == .recomputed)
        #expect(diff.tallies["order.place"]?.steps == totals.count)
        let closed = shop.outcomes(of: totals, minutesBehind: 20).count(where: \.isClosed)
        #expect(diff.tallies["thank"]?.steps == closed)
        let facts = try #require(diff.recomputed)
        #expect(facts.inputs == totals.count + 1)
        #expect(facts.recordedEvents == facts.oldAsRecorded && facts.recordedEvents > 60)
        #expect(diff.statesCompared > totals.count)
    }

    /// A rule of an order changes its total, which changes what is reserved for it, and so whether there is
    /// something left for those behind it; what is worked out here has never seen a script.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `what follows from a changed rule is told, and just that`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let totals = Self.totals(&random)
        let shop = SimulatedShop()
        var other = shop
        other.discountAbove = [20, 35, 70, 90][Int(seed) - 1]
        let log = try await shop.history(of: totals, minutesBehind: 7)
        let before = shop.outcomes(of: totals, minutesBehind: 7)
        let after = other.outcomes(of: totals, minutesBehind: 7)
        let diff = try diff(shop.app, other.app, over: log)

        for (by, expected) in Self.expected(before, after) {
            #expect(diff.tallies[by]?.changes ?? [:] == expected.filter { $0.value > 0 }, "\(by)")
        }
        let pairs = Array(zip(before, after))
        // Rows are orders that were closed.
        let rows = diff.readModels.first
        let closed = (pairs.filter { $0.0.isClosed }, pairs.filter { $0.1.isClosed })
        #expect(rows?.onlyOld ?? 0 == closed.0.count { !$0.1.isClosed || $0.0.total != $0.1.total })
        #expect(rows?.onlyNew ?? 0 == closed.1.count { !$0.0.isClosed || $0.0.total != $0.1.total })
        let states = pairs.enumerated().filter { Self.state($1.0) != Self.state($1.1) }
            .map { "order-\($0.offset)" }
        #expect(Set(diff.states.map(\.stream)).subtracting(["stock-pear"]) == Set(states))
        #expect(diff.states.contains { $0.stream == "stock-pear" } == (before.last?.left != after.last?.left))
        #expect(diff.changes.count == diff.decisionsChanged && diff.decisionsChanged > 0)
        let places = diff.changes.map(\.position)
        #expect(Set(places).isSubset(of: try Set(Self.records(log).map(\.position))))

        // On what is recorded the rule of an order is all that differs.
        var request = DiffRequest(old: try shop.app.scripts(), new: try other.app.scripts())
        request.downstream = .recorded
        let own = try ScriptComparison.run(request, over: log)
        #expect(own.tallies.filter { $0.value.changed > 0 }.keys.allSatisfy { $0 == "order.place" })
        #expect(own.decisionsChanged == pairs.count { $0.total != $1.total })
    }

    private static func records(_ log: any EventLog) throws -> [RecordedEvent] {
        try log.read(ReadRequest(.query(EventQuery(types: ["CommandAccepted"])))).events
    }

    /// By what decides: how many decisions differ, and how.
    private static func expected(
        _ before: [SimulatedShop.Outcome],
        _ after: [SimulatedShop.Outcome]
    ) -> [String: [DecisionChange: Int]] {
        var all: [String: [DecisionChange: Int]] = [
            "order.place": [:], "reserve": [:], "$sender": [:], "thank": [:],
        ]
        for (old, new) in zip(before, after) {
            if old.total != new.total { all["order.place"]?[.changed, default: 0] += 1 }
            switch (old.isReserved, new.isReserved) {
            case (true, false): all["reserve"]?[.refused, default: 0] += 1
            case (false, true): all["reserve"]?[.accepted, default: 0] += 1
            case (true, true):
                if (old.pieces, old.left) != (new.pieces, new.left) {
                    all["reserve"]?[.changed, default: 0] += 1
                }
            // The refused command asked for something else.
            case (false, false): if old.pieces != new.pieces { all["reserve"]?[.changed, default: 0] += 1 }
            }
            // What is sent: that the order is cancelled, at once, or that it is closed, later.
            switch (old.isReserved && !old.isClosed, new.isReserved && !new.isClosed) {
            case (true, true): break
            case (false, true): all["$sender"]?[.lost, default: 0] += 1
            case (true, false): all["$sender"]?[.added, default: 0] += 1
            case (false, false):
                let isSame = old.isClosed ? new.isClosed && old.total == new.total : !new.isClosed
                if !isSame { all["$sender"]?[.changed, default: 0] += 1 }
            }
            switch (old.isClosed, new.isClosed) {
            case (true, true): if old.total != new.total { all["thank"]?[.changed, default: 0] += 1 }
            case (true, false): all["thank"]?[.lost, default: 0] += 1
            case (false, true): all["thank"]?[.added, default: 0] += 1
            case (false, false): break
            }
        }
        return all
    }

    private static func state(_ outcome: SimulatedShop.Outcome) -> String {
        "\(outcome.total) \(outcome.isReserved) \(outcome.isClosed)"
    }

    @Test func `a timer that fires later is the same step at another time, or comes too late`() async throws {
        let totals = Array(repeating: 20, count: 8)
        let shop = SimulatedShop()
        var later = shop
        later.closesAfter = 22
        let log = try await shop.history(of: totals)
        let diff = try diff(shop.app, later.app, over: log)
        let closed = (shop.outcomes(of: totals), later.outcomes(of: totals))
        let lost = zip(closed.0, closed.1).count { $0.isClosed && !$1.isClosed }
        #expect(lost == 2)
        // Each sets another timer; the decision to close is the same, where it still comes.
        #expect(diff.tallies["reserve"]?.changes == [.changed: 8])
        #expect(diff.tallies["$sender"]?.changes == [.lost: lost])
        // Who thanks says when.
        let both = closed.1.count(where: \.isClosed)
        #expect(diff.tallies["thank"]?.changes == [.changed: both, .lost: lost])
        #expect(diff.statesChanged == lost)
    }

    /// With handlers that the log knows, or that both versions have and it doesn't.
    @Test(arguments: [true, false])
    func `a decision before a step doesn't change what chance gives it, nor the ids that it sees`(
        isRecorded: Bool
    ) async throws {
        let die = """
            aggregate "die" { commands = { throw = function(d, args)
              emit("Thrown", { side = random(6) })
            end }, events = {} }

            """
        func app(noting side: Int) -> AppFixture {
            AppFixture(
                die + """
                    handler "note" { on = "die.Thrown", run = function(e)
                      if e.data.side > \(side) then emit("odd-1", "Seen", {}) end
                      emit("all-1", "Noted", { dice = random(1000000), id = uuid(), of = e.id })
                    end }
                    handler "echo" { on = "all.Noted", run = function(e)
                      emit("echo-1", "Echoed", { dice = random(1000000), of = e.id, at = now() })
                    end }
                    """
            )
        }
        let log = MemoryLog()
        try await withHost(isRecorded ? app(noting: 6) : AppFixture(die), log: log) { fixture in
            for _ in 0..<20 {
                _ = try await fixture.execute("die-1 throw")
                try await fixture.untilIdle()
            }
        }
        let diff = try diff(app(noting: 6), app(noting: 2), over: log)
        let sides = try log.read(ReadRequest(.category("die"))).events.map {
            try JSONValue(parsing: $0.data)["side"]?.integer ?? 0
        }
        let seen = sides.count { $0 > 2 }
        #expect(diff.tallies["note"]?.changes == [.changed: seen])
        #expect(diff.tallies["echo"]?.steps == 20)
        #expect(diff.decisionsChanged == seen)
    }

    @Test func `what a call would be answered isn't guessed for an event that isn't recorded`() async throws {
        let log = try await CallingShop.history()
        let diff = try diff(
            CallingShop.app("args.total"),
            CallingShop.app("math.min(args.total, 15)"),
            over: log
        )
        // Of the second order nobody knows what the bank would say.
        #expect(diff.changes.map(\.by) == ["order.place", "mail"])
        #expect(diff.changes.map(\.change) == [.changed, .lost])
        #expect(diff.changes.map(\.stream) == ["order-2", "paid-2"])
        #expect(diff.callingOut == 2)
    }

    @Test func `handlers that never end are an error that names them`() async throws {
        func app(_ limit: Int) -> AppFixture {
            """
            handler "ping" { on = "pong.*", where = function(e) return e.data.n < \(limit) end,
              run = function(e) emit("ping-1", "Pinged", { n = e.data.n + 1 }) end }
            handler "pong" { on = "ping.*", run = function(e) emit("pong-1", "Ponged", { n = e.data.n }) end }
            """
        }
        let log = MemoryLog()
        try await withHost(app(10), log: log) { fixture in
            try await fixture.append("ping-1 Pinged {\"n\":1}")
            try await fixture.untilIdle()
        }
        var limits = SimulationLimits()
        limits.following = 500
        #expect(try diff(app(10), app(20), over: log, limits: limits).decisionsChanged == 20)
        let error = #expect(throws: RuntimeError.self) {
            try diff(app(10), app(1_000_000), over: log, limits: limits)
        }
        #expect(error?.code == "flow-without-end")
        let text = try #require(error).description
        #expect(text.contains("the new scripts: 500 steps follow from position 1,"), "\(text)")
        #expect(text.contains("ping on pong.Ponged") && text.contains("pong on ping.Pinged"), "\(text)")
    }

    @Test func `what would not fit into memory is refused, with the way out`() async throws {
        let shop = SimulatedShop()
        let log = try await shop.history(of: [20, 60])
        var limits = SimulationLimits()
        limits.bytes = 2_000
        let error = #expect(throws: RuntimeError.self) {
            try diff(shop.app, shop.app, over: log, limits: limits)
        }
        #expect(error?.code == "limit-exceeded")
        #expect(error?.description.contains("shorter stretch") == true)
    }

    @Test func `a part of the log, a handler or an aggregate alone is told, and all of it lived through`()
        async throws
    {
        var random = SeededRandom(seed: 2)
        let totals = Self.totals(&random)
        let shop = SimulatedShop()
        var other = shop
        other.discountAbove = 35
        let log = try await shop.history(of: totals, minutesBehind: 7)
        let all = try diff(shop.app, other.app, over: log)
        let handler = try diff(shop.app, other.app, over: log) { $0.handler = "thank" }
        #expect(handler.tallies.keys.map(\.self) == ["thank"])
        #expect(handler.tallies["thank"]?.changes == all.tallies["thank"]?.changes)
        #expect(handler.statesCompared == 0)
        let aggregate = try diff(shop.app, other.app, over: log) { $0.aggregate = "order" }
        #expect(aggregate.tallies.keys.map(\.self) == ["order.place"])
        let first = try #require(all.changes.first).position
        let next = try #require(try Self.records(log).first { $0.position > first }).position
        let behind = try diff(shop.app, other.app, over: log) { $0.from = next }
        #expect(behind.from == next)
        #expect(behind.changes.allSatisfy { $0.position >= next })
        // A frame is looked at as a whole.
        #expect(try diff(shop.app, other.app, over: log) { $0.from = next + 1 }.from == next)
        let before = try diff(shop.app, other.app, over: log) { $0.to = first - 1 }
        #expect(before.isSame && before.to == first - 1)
    }

    @Test func `the comparison has a form for programs, which says what kind it is`() async throws {
        let shop = SimulatedShop()
        var other = shop
        other.discountAbove = 10
        let log = try await shop.history(of: [20])
        let json = try diff(shop.app, other.app, over: log).json
        #expect(json["downstream"] == "recomputed")
        #expect(json["same"] == false)
        #expect(json["recomputed"]?["inputs"] == 2)
        #expect(json["decisions"]?["by"]?["order.place"]?["by_kind"] == ["changed": 1])
        #expect(try JSONValue(parsing: json.bytes()) == json)
        var request = DiffRequest(old: try shop.app.scripts(), new: try other.app.scripts())
        request.downstream = .recorded
        #expect(try ScriptComparison.run(request, over: log).json["downstream"] == "recorded")
    }
}

import EventLog
import TestSupport
import Testing

@testable import Runtime

/// What would change if other scripts decided.
@Suite struct ScriptDiffTests {
    private static let shop = ReplayApps.shop.files["app.lua"] ?? ""

    private func diff(
        _ new: String,
        from old: String = shop,
        over log: any EventLog,
        _ change: (inout DiffRequest) -> Void = { _ in }
    ) throws -> ScriptDiff {
        var request = DiffRequest(old: try AppFixture(old).scripts(), new: try AppFixture(new).scripts())
        change(&request)
        return try ScriptComparison.run(request, over: log)
    }

    @Test func `the same scripts differ in nothing`() async throws {
        let log = try await ReplayApps.history()
        let diff = try diff(Self.shop, over: log)
        #expect(diff.isSame)
        #expect(diff.tallies["order.place"]?.steps == 7)
        #expect(diff.tallies["order.place"]?.oldInstructions == diff.tallies["order.place"]?.newInstructions)
        #expect((diff.tallies["order.place"]?.oldInstructions ?? 0) > 0)
    }

    /// Totals and thresholds from a seed; what must differ is worked out here, without any script.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `just the decisions that a rule changes are told`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let totals = (0..<400).map { _ in Int.random(in: 1...120, using: &random) }
        let log = MemoryLog()
        try await withHost(ReplayApps.shop, log: log) { fixture in
            for (number, total) in totals.enumerated() {
                _ = try await fixture.execute("order-\(number / 2) place", #"{"total":\#(total)}"#)
            }
            try await fixture.untilIdle()
        }
        let diff = try diff(Self.shop.replacing("total > 50", with: "total > 80"), over: log)
        // Only the first command on each order is accepted; 51 to 80 lose their discount.
        let changed = stride(from: 0, to: 400, by: 2).filter { (51...80).contains(totals[$0]) }
        #expect(diff.tallies["order.place"]?.steps == 400)
        #expect(diff.tallies["order.place"]?.changes == [.changed: changed.count])
        #expect(diff.decisionsChanged == changed.count)
        #expect(diff.changes.map(\.stream) == changed.map { "order-\($0 / 2)" })
        for (change, number) in zip(diff.changes, changed) {
            let old = try JSONValue(parsing: try #require(change.old.events.first).data)["total"]
            let new = try JSONValue(parsing: try #require(change.new.events.first).data)["total"]
            #expect(old == .integer(Int64(totals[number] - 5)))
            #expect(new == .integer(Int64(totals[number])))
        }
        #expect(diff.statesChanged == 0)
    }

    @Test func `refusals that come and go are told as such`() async throws {
        let log = try await ReplayApps.history()
        let strict = Self.shop.replacing(
            "local total = args.total",
            with: "local total = args.total if total > 100 then reject(\"too-much\", \"no\") end"
        )
        let refused = try diff(strict, over: log)
        #expect(refused.tallies["order.place"]?.changes == [.refused: 1])
        #expect(refused.changes.first?.new.refusal == Refusal(code: "too-much", text: "no"))
        let accepted = try diff(Self.shop, from: strict, over: log)
        #expect(accepted.tallies["order.place"]?.changes == [.accepted: 1])
    }

    @Test func `what a handler adds, loses and fails at is told`() async throws {
        let log = try await ReplayApps.history()
        let added = Self.shop.replacing(
            "function(e) end }",
            with: "function(e) emit(\"x-1\", \"X\", {}) end }"
        )
        let count = try log.read(ReadRequest(.category("order"))).events.count
        #expect(try diff(added, over: log).tallies["quiet"]?.changes == [.added: count])
        #expect(try diff(Self.shop, from: added, over: log).tallies["quiet"]?.changes == [.lost: count])
        let gone = Self.shop.replacing("handler \"count\"", with: "handler \"counting\"")
        let renamed = try diff(gone, over: log)
        #expect(renamed.tallies["count"]?.changes.keys.map(\.self) == [.lost])
        #expect(renamed.tallies["counting"]?.changes.keys.map(\.self) == [.added])
        let failing = Self.shop.replacing("function(e) end }", with: "function(e) error(\"no\") end }")
        #expect(try diff(failing, over: log).tallies["quiet"]?.changes == [.failing: count])
    }

    @Test func `a fold that changes shows in the states at the end`() async throws {
        let log = try await ReplayApps.history()
        let diff = try diff(Self.shop.replacing("\"shipped\" end", with: "\"gone\" end"), over: log)
        #expect(diff.statesChanged > 0)
        #expect(diff.states.allSatisfy { $0.old.contains("\"shipped\"") && $0.new.contains("\"gone\"") })
        #expect(!diff.isSame)
    }

    @Test func `a part of the log, an aggregate or a handler can be looked at alone`() async throws {
        let log = try await ReplayApps.history()
        let changed = Self.shop.replacing("total > 50", with: "total > 500")
        let all = try diff(changed, over: log)
        #expect(all.decisionsChanged == 4)
        let last = try #require(all.changes.last).position
        #expect(try diff(changed, over: log) { $0.from = last }.decisionsChanged == 1)
        #expect(try diff(changed, over: log) { $0.to = last - 1 }.decisionsChanged == 3)
        #expect(try diff(changed, over: log) { $0.aggregate = "stock" }.tallies.isEmpty)
        #expect(try diff(changed, over: log) { $0.handler = "quiet" }.tallies.keys.map(\.self) == ["quiet"])
    }

    @Test func `rows of a projection that changes are built by both and compared`() async throws {
        let log = try await ReplayApps.history()
        let projection = """

            projection "totals" {
              on = "order.OrderPlaced",
              tables = { totals = [[ id text primary key, total integer ]] },
              run = function(e, db) db.exec("insert into totals values (?, ?)", e.key, e.data.total) end,
            }
            """
        let doubled = projection.replacing("e.data.total)", with: "e.key == \"2\" and 0 or e.data.total)")
        let same = try diff(Self.shop + projection, from: Self.shop + projection, over: log)
        #expect(same.readModels.isEmpty)
        let diff = try diff(Self.shop + doubled, from: Self.shop + projection, over: log)
        let rows = try #require(diff.readModels.first)
        #expect((rows.oldCount, rows.newCount, rows.onlyOld, rows.onlyNew) == (6, 6, 1, 1))
        #expect(rows.examples.map(\.row).contains(["id": "2", "total": 0]))
        let new = try self.diff(Self.shop + projection, over: log)
        #expect(new.readModels.first?.oldCount == nil)
        #expect(new.readModels.first?.onlyNew == 6)
        #expect(!new.isSame)
    }

    @Test(arguments: [DiffRequest.Downstream.recorded, .recomputed])
    func `a comparison that nobody waits for any more ends`(downstream: DiffRequest.Downstream) async throws {
        let log = MemoryLog()
        for number in 0..<10 {
            let events = try (0..<300).map { try EventText.event("x-\(number * 300 + $0) Happened") }
            _ = try await log.commit(NewFrame(events: events))
        }
        try await withHost(ReplayApps.shop, log: log) { fixture in
            var request = DiffRequest(old: fixture.host.scripts, new: fixture.host.scripts)
            request.downstream = downstream
            let whole = try await fixture.host.diff(request)
            #expect(whole.isSame)
            let comparing = Task { [request] in
                try await fixture.host.diff(request) { done, _ in
                    // The last of it comes when nothing is left to do.
                    #expect(done < 3_000)
                    withUnsafeCurrentTask { $0?.cancel() }
                }
            }
            let error = await #expect(throws: RuntimeError.self) { try await comparing.value }
            #expect(error?.code == "host-stopping")
        }
    }

    @Test func `the comparison has a form for programs`() async throws {
        let log = try await ReplayApps.history()
        let json = try diff(Self.shop.replacing("total > 50", with: "total > 90"), over: log).json
        #expect(json["same"] == false)
        #expect(json["decisions"]?["changed"] == 2)
        #expect(json["decisions"]?["first"]?[0]?["stream"] == "order-3")
        #expect(json["decisions"]?["first"]?[0]?["new"]?["events"]?[0]?["data"]?["total"] == 60)
        #expect(try JSONValue(parsing: json.bytes()) == json)
    }

    @Test(arguments: [DiffRequest.Downstream.recorded, .recomputed])
    func `what could compare nothing but by a slip is an error`(
        downstream: DiffRequest.Downstream
    ) async throws {
        let log = try await ReplayApps.history()
        func code(_ change: (inout DiffRequest) -> Void) throws -> String? {
            var request = DiffRequest(old: try ReplayApps.shop.scripts(), new: try ReplayApps.shop.scripts())
            request.downstream = downstream
            change(&request)
            do {
                _ = try ScriptComparison.run(request, over: log)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(try code { $0.aggregate = "ordr" } == "unknown-aggregate")
        #expect(try code { $0.handler = "reserv" } == "unknown-processor")
        #expect(try code { $0.from = log.lastPosition + 2 } == "invalid-input")
        #expect(try code { ($0.from, $0.to) = (5, 4) } == "invalid-input")
        #expect(try code { $0.from = log.lastPosition + 1 } == nil)
        #expect(try code { ($0.aggregate, $0.handler) = ("order", "reserve") } == nil)
    }
}

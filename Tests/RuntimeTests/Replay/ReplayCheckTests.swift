import EventLog
import TestSupport
import Testing

@testable import Runtime

/// What is looked at before scripts go live.
@Suite struct ReplayCheckTests {
    private func check(
        _ new: AppFixture,
        live: AppFixture? = ReplayApps.shop,
        over log: any EventLog
    ) throws -> [ScriptFailure] {
        try ReplayCheck.run(new.scripts(), live: live?.scripts(), over: log, newest: 256)
    }

    private func shop(_ text: String, as other: String) -> AppFixture {
        AppFixture((ReplayApps.shop.files["app.lua"] ?? "").replacing(text, with: other))
    }

    @Test func `scripts that do what they did have no failure`() async throws {
        let log = try await ReplayApps.history()
        #expect(try check(ReplayApps.shop, over: log) == [])
        #expect(try check(shop("total > 50", as: "total > 90"), over: log) == [])
        #expect(try check(ReplayApps.shop, live: nil, over: MemoryLog()) == [])
    }

    @Test func `a handler that fails on what came has its failure told once, at its line`() async throws {
        let log = try await ReplayApps.history()
        let broken = shop("function(e) end }", as: "function(e) local x = e.data.total.cents end }")
        let failures = try check(broken, over: log)
        #expect(failures.map(\.file) == ["app.lua"])
        let lines = (broken.files["app.lua"] ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        #expect(failures.map(\.line) == [(lines.firstIndex { $0.contains("cents") } ?? -2) + 1])
        #expect(
            failures.first?.context.hasPrefix("handler quiet on OrderPlaced, position 2 of order-1") == true
        )
    }

    @Test(arguments: [
        ("function(e) end }", #"function(e) kept = kept + 1 emit("all-1", "Seen", { n = kept }) end }"#),
        ("emit(\"OrderShipped\", {}", "kept = kept + 1 emit(\"OrderShipped\", { n = kept }"),
    ])
    func `a step that counts in a local of its file is told at its line`(
        text: String,
        counting: String
    ) async throws {
        let log = try await ReplayApps.history()
        let hidden = AppFixture(
            "local kept = 0\n" + (ReplayApps.shop.files["app.lua"] ?? "").replacing(text, with: counting)
        )
        let failures = try check(hidden, over: log)
        #expect(failures.map(\.code) == ["step-not-deterministic"])
        let lines = (hidden.files["app.lua"] ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        #expect(failures.map(\.line) == [(lines.firstIndex { $0.contains("kept + 1") } ?? -2) + 1])
    }

    @Test func `a cache in a local of its file is no reason`() async throws {
        let log = try await ReplayApps.history()
        let cache = #"""
            function(e)
              kept[e.key] = kept[e.key] or #e.key
              emit("all-1", "Seen", { n = kept[e.key] })
            end }
            """#
        let text = (ReplayApps.shop.files["app.lua"] ?? "").replacing("function(e) end }", with: cache)
        #expect(try check(AppFixture("local kept = {}\n" + text), over: log) == [])
    }

    @Test func `a command that fails on what was asked has its failure told`() async throws {
        let log = try await ReplayApps.history()
        let failures = try check(shop("local total = args.total", as: "local total = args.sum"), over: log)
        #expect(failures.map(\.context) == ["command place of order-1"])
    }

    @Test func `what fails with the live scripts too is no reason`() async throws {
        let log = try await ReplayApps.history()
        let broken = shop("function(e) end }", as: "function(e) error(\"no\") end }")
        #expect(try check(broken, live: broken, over: log) == [])
        #expect(try check(broken, live: nil, over: log).count == 1)
    }

    @Test func `what the log has as parked already is no reason, what comes new is`() async throws {
        let failing: AppFixture =
            Apps.counter + """
                handler "fail" {
                  on = "order.Placed", retry = { attempts = 1 }, run = function() error("no") end,
                }
                """
        let log = MemoryLog()
        try await withHost(failing, log: log) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.until("$parked-fail", has: 1)
        }
        #expect(try check(failing, live: Apps.counter, over: log) == [])
        _ = try await log.commit(NewFrame(events: [try EventText.event("order-2 Placed")]))
        #expect(try check(failing, live: Apps.counter, over: log).count == 1)
    }

    @Test func `a handler or a command that is gone is no reason`() async throws {
        let log = try await ReplayApps.history()
        let text = ReplayApps.shop.files["app.lua"] ?? ""
        let without = text.replacing("handler \"quiet\"", with: "local quiet = 1 --")
        #expect(try check(AppFixture(without), over: log) == [])
        // `order.ship` was sent, and every sent one is delivered.
        let gone = text.replacing("    ship = function", with: "    send_off = function")
            .replacing("send(\"order\", e.key, \"ship\")", with: "")
        #expect(try check(AppFixture(gone), over: log) == [])
    }

    @Test func `a sent command that nobody could deliver any more is a failure`() async throws {
        let log = try await ReplayApps.history()
        let sent = #"$sent-order-9 CommandSent {"aggregate":"order","key":"9","command":"ship","args":{}}"#
        _ = try await log.commit(NewFrame(events: [try EventText.event(sent)]))
        #expect(try check(ReplayApps.shop, over: log) == [])
        let gone = (ReplayApps.shop.files["app.lua"] ?? "")
            .replacing("    ship = function", with: "    send_off = function")
            .replacing("send(\"order\", e.key, \"ship\")", with: "")
        let failures = try check(AppFixture(gone), over: log)
        #expect(failures.count == 1)
        #expect(failures.first?.summary.contains("there is no command of order ship") == true)
    }
}

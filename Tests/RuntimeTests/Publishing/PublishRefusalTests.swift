import EventLog
import TestSupport
import Testing

@testable import Runtime

/// What is wrong with scripts is told with its place, and what was live goes on.
@Suite(.unlessItHangs) struct PublishRefusalTests {
    private static func refused(
        _ app: AppFixture,
        by fixture: HostFixture
    ) async throws -> [ScriptFailure] {
        let (before, hash) = (fixture.log.lastPosition, fixture.host.scripts.hash)
        let error = await #expect(throws: RuntimeError.self) {
            try await fixture.host.publish(try app.scripts())
        }
        #expect(fixture.host.scripts.hash == hash)
        #expect(fixture.log.lastPosition == before)
        _ = try await fixture.execute("order-alive place", #"{"total":1}"#)
        guard case .publishRefused(let failures)? = error else {
            Issue.record("not refused: \(String(describing: error))")
            return []
        }
        return failures
    }

    @Test(arguments: [
        ("x = = 1", "script-syntax", "unexpected symbol"),
        ("while true do end", "script-instruction-limit", "instructions"),
        ("local s = string.rep('x', 1 << 30)", "script-memory-limit", "memory"),
        ("error('no')", "script-error", "no"),
        ("handler 'x' { on = 'order.Placed' }", "script-error", "needs run to be a function"),
    ])
    func `scripts that can't be loaded`(text: String, code: String, words: String) async throws {
        try await PublishTests.withShop { fixture in
            let failures = try await Self.refused(PublishTests.shop(more: "\n" + text), by: fixture)
            let failure = try #require(failures.first)
            #expect(failures.count == 1)
            #expect(failure.code == code)
            #expect(failure.text.contains(words))
            #expect(failure.file == "app.lua" && failure.line > 20)
        }
    }

    @Test func `tables that SQLite doesn't take`() async throws {
        try await PublishTests.withShop { fixture in
            let more = """
                projection "wrong" { on = "order.Placed", tables = { w = "a b c d, primary" },
                  run = function() end }
                """
            let failures = try await Self.refused(PublishTests.shop(more: more), by: fixture)
            #expect(failures.count == 1)
            #expect(failures.first?.code == "sql-error")
            #expect(failures.first?.summary.contains("syntax error") == true)
        }
    }

    @Test func `specs that don't hold`() async throws {
        try await PublishTests.withShop { fixture in
            var files = PublishTests.shop(discount: 5).files
            files["app_spec.lua"] = """
                spec("ten off", function()
                  when("order-1", "place", { total = 100 })
                  expect.event("order-1", "Placed", { total = 90 })
                end)
                """
            let failures = try await Self.refused(AppFixture(files: files), by: fixture)
            #expect(failures.first?.file == "app_spec.lua")
            #expect(failures.first?.context == "spec ten off")
        }
    }

    @Test func `a global that a step would write, seen on what happened last`() async throws {
        try await PublishTests.withShop { fixture in
            _ = try await fixture.execute("order-1 place", #"{"total":1}"#)
            try await fixture.untilIdle()
            let text = try #require(PublishTests.shop().files["app.lua"]).replacing(
                "run = function(e) emit(",
                with: "run = function(e) counted = (counted or 0) + 1 emit("
            )
            let failures = try await Self.refused(AppFixture(text), by: fixture)
            #expect(failures.count == 1)
            #expect(failures.first?.text.contains("counted") == true)
            #expect(failures.first?.file == "app.lua" && failures.first?.line == 9)
        }
    }

    @Test func `a handler that is gone with events parked, unless it is forced`() async throws {
        let failing = """
            handler "fail" { on = "order.Placed", retry = { attempts = 1 },
              run = function() error("no") end }
            """
        try await PublishTests.withShop(PublishTests.shop(more: failing)) { fixture in
            _ = try await fixture.execute("order-1 place", #"{"total":1}"#)
            try await fixture.until("fail", is: "parked") { $0.parked == 1 }
            try await fixture.untilIdle()
            let failures = try await Self.refused(PublishTests.shop(), by: fixture)
            #expect(failures.map(\.code) == ["handler-has-parked"])
            let first = fixture.host.scripts.hash
            try await fixture.host.publish(try PublishTests.shop().scripts(), isForced: true)
            #expect(try await fixture.host.parked().isEmpty)
            try await fixture.host.rollback(to: first)
            #expect(try await fixture.host.parked().count > 0)
        }
    }

    @Test func `an aggregate that has another name`() async throws {
        try await PublishTests.withShop { fixture in
            _ = try await fixture.execute("order-1 place", #"{"total":1}"#)
            try await fixture.untilIdle()
            let text = try #require(PublishTests.shop().files["app.lua"]).replacing(
                "aggregate \"order\"",
                with: "aggregate \"purchase\""
            )
            let failures = try await Self.refused(AppFixture(text), by: fixture)
            #expect(failures.map(\.code) == ["aggregate-has-streams"])
            #expect(failures.first?.summary.contains("is purchase its new name?") == true)
        }
    }

    @Test func `a command that timers will send, however long ago they were set`() async throws {
        let later = #"""
            aggregate "alarm" {
              commands = {
                ring = function() emit("Rang", {}) end,
                rest = function() emit("Rested", {}) end,
              },
              events = {},
            }
            handler "later" {
              on = "order.Placed",
              run = function(e) send("alarm", e.key, "ring", {}, { after = "1h" }) end,
            }
            """#
        try await PublishTests.withShop(PublishTests.shop(more: later)) { fixture in
            _ = try await fixture.execute("order-1 place", #"{"total":1}"#)
            try await fixture.untilIdle()
            for _ in 0..<RuntimeLimits.publishReplayEventsMax { try await fixture.append("note-1 Noted {}") }
            let changed = later.replacing("ring", with: "wake")
            let failures = try await Self.refused(PublishTests.shop(more: changed), by: fixture)
            #expect(failures.map(\.code) == ["command-has-timers"])
            #expect(failures.first?.summary == "the command alarm.ring is gone, and a timer waits to send it")
            let harmless = later.replacing("rest", with: "sleep")
            try await fixture.host.publish(try PublishTests.shop(more: harmless).scripts())
            let due = try #require(try await fixture.status(of: "$timers").nextDue)
            // Another timer of the app is due within the same minute.
            fixture.clock.advance(by: due - fixture.clock.now + 60_000_000)
            try await fixture.until("$timers", is: "empty") { $0.waitingTimers == 0 }
            try await fixture.untilIdle()
            try await fixture.host.publish(try PublishTests.shop(more: changed).scripts())
        }
    }

    @Test func `specs that don't hold of scripts that are live already`() async throws {
        try await PublishTests.withShop { fixture in
            var files = PublishTests.shop().files
            files["shop_spec.lua"] = #"""
                spec("a wrong one", function() when("order-1", "place", { total = 5 }) expect("order-1") end)
                """#
            let failures = try await Self.refused(AppFixture(files: files), by: fixture)
            #expect(failures.map(\.file) == ["shop_spec.lua"])
        }
    }

    @Test(arguments: ["two\nlines", String(repeating: "x", count: 501)])
    func `a note that is no line`(note: String) async throws {
        try await PublishTests.withShop { fixture in
            let set = try PublishTests.shop(discount: 20).scripts()
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.host.publish(set, by: PublishAuthor(note: note))
            }
            #expect(error?.code == "invalid-input")
            #expect(fixture.host.scripts.hash != set.hash)
        }
    }
}

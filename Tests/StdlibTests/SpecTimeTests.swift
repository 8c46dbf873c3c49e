import Runtime
import TestSupport
import Testing

/// `when.later` and `when.at`: a clock that jumps, and what falls due on its way.
@Suite struct SpecTimeTests {
    /// A spec begins at 2026-01-01T00:00:00Z, a Thursday.
    private static let app: AppFixture = """
        aggregate "order" {
          initial = { status = "new" },
          commands = {
            place = function() emit("Placed") end,
            pay = function() emit("Paid") end,
            expire = function(order)
              if order.status == "paid" then reject("paid") end
              emit("Expired", { at = now() })
            end,
          },
          events = { Paid = function(order) order.status = "paid" end },
        }
        handler "timeout" { on = "order.Placed", run = function(e)
          send("order", e.key, "expire", {}, { after = "15m" })
        end }
        handler "tell" { on = "order.Expired", run = function(e)
          emit("all-1", "Told", { at = e.time - 1767225600000, order = e.key })
        end }
        schedule "hourly" { cron = "0 * * * *", missed = "all", run = function(tick)
          emit("all-1", "Hour", { at = tick.time - 1767225600000, now = now() - 1767225600000 })
        end }
        schedule "berlin" { cron = "0 1 * * *", zone = "Europe/Berlin", run = function(tick)
          emit("all-1", "Night", { at = tick.time - 1767225600000, missed = tick.missed })
        end }
        schedule "quiet" { cron = "30 0 * * *", missed = "none", run = function(tick)
          emit("all-1", "Half", {})
        end }
        """

    private static let minute = 60_000
    private static let hour = 60 * minute
    private static let placed =
        #"when("order-1", { "Placed" }) expect.sent("order-1", "expire", {}, "#
        + "1767225600000 + 900000) "

    private static func hour(_ hour: Int) -> String {
        #"{ "Hour", { at = \#(hour * Self.hour), now = \#(hour * Self.hour) } }"#
    }

    @Test(arguments: [
        // A timer is due, not a moment earlier.
        placed + #"when.later(15 * 60000 - 1) expect.nothing() when.later(1) "#
            + #"expect("order-1", { "Expired", { at = 1767225600000 + 900000 } }) "#
            + #"expect("all-1", { "Told", { at = 900000, order = "1" } })"#,
        placed + #"when.later("20m") expect("order-1", { "Expired", { at = 1767226500000 } }) "#
            + #"expect.equal(now(), 1767225600000 + 1200000) when.later("1m") expect.nothing()"#,
        placed + #"when("order-1", "pay") when.later("20m") expect.refused("paid") expect("order-1")"#,
        // What a command asks for follows before time passes.
        #"when("order-1", "place") when.later("15m") expect("order-1", { "Expired" })"#,
        // In the order of time, over schedules, zones and timers: 01:00 in Berlin is midnight, and was.
        placed + #"when.later("2h") expect("all-1", { "Told" }, { "Half" }, \#(hour(1)), \#(hour(2)))"#,
        #"when.at(1767225600000 + 24 * 3600000) local hours = {} "#
            + #"for n = 1, 26 do hours[n] = { n == 1 and "Half" or n == 26 and "Night" or "Hour" } end "#
            + #"expect("all-1", table.unpack(hours))"#,
        // The ticks of one moment come as the schedules are declared, and timers behind them.
        #"given.now(1767225600000 + 2700000) when("order-1", { "Placed" }) when.later("15m") "#
            + #"expect("all-1", \#(hour(1)), { "Told" })"#,
        #"given.now(1767225600000 + 3600000) when.later("0s") expect.nothing()"#,
        // A host that was down makes up what each schedule asks for.
        placed + #"when.later("50h", { down = true }) local got = {} "#
            + #"for n = 1, 50 do got[n] = { "Hour", { at = n * 3600000, now = n * 3600000 } } end "#
            + #"got[51] = { "Night", { at = 48 * 3600000, missed = 1 } } "#
            + #"got[52] = { "Told", { at = 50 * 3600000, order = "1" } } "#
            + #"expect("all-1", table.unpack(got))"#,
    ])
    func `a spec that tells what falls due holds`(body: String) throws {
        #expect(try SpecBench.failure(Self.app, body)?.text == nil)
    }

    @Test(arguments: [
        ("when.later(-1)", "when.later needs a duration such as \"30m\", or milliseconds; it got -1"),
        ("when.later(\"soon\")", "when.later needs a duration"),
        ("when.at(5)", "when.at can't go back; given.now can"),
        ("when.at(\"x\")", "when.at needs milliseconds since 1970"),
        ("when.later(\"1h\", { dwon = true })", "when.later has no option dwon; there is down"),
        ("when.later(\"60d\")", "when.later: more than 1000 things fall due until then"),
        ("when.later(\"60d\", { down = true })", "when.later: more than 1000 things fall due until then"),
    ])
    func `a jump that can't be is told at its line`(body: String, summary: String) throws {
        let failure = try #require(try SpecBench.failure(Self.app, body))
        #expect(failure.summary.hasPrefix(summary), "\(failure.text)")
        #expect(failure.file == "rules_spec.lua" && failure.line == 2)
    }

    @Test func `timers of one moment fire as they were set`() throws {
        let app: AppFixture = """
            aggregate "a" { commands = { go = function(_, args) emit("Gone", { n = args.n }) end } }
            handler "h" { on = "b.Set", run = function(e)
              send("a", "1", "go", { n = 3 }, { after = "2m" })
              send("a", "1", "go", { n = 1 }, { after = "1m" })
              send("a", "1", "go", { n = 2 }, { after = "1m" })
              send("a", "1", "go", { n = 0 })
            end }
            """
        let body = #"""
            when("b-1", { "Set" })
            when.later("2m")
            local got = {}
            for n = 0, 3 do got[n + 1] = { "Gone", { n = n } } end
            expect("a-1", table.unpack(got))
            """#
        #expect(try SpecBench.failure(app, body)?.text == nil)
    }
}

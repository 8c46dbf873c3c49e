import Runtime
import TestSupport
import Testing

/// `given`, `when`, `expect`: what they run, and what they say when it isn't so.
@Suite struct SpecWordTests {
    @Test(arguments: [
        #"when("till-1", "pay", { amount = 5 }) "#
            + #"expect("till-1", { "Paid", { amount = 5, at = 1767225600000 } })"#,
        #"when("till-1", "pay", { amount = 5 }) expect("till-1", { "Paid" }) "#
            + #"expect.state("till-1", { sum = 5 })"#,
        #"given.now(7) when("till-1", "pay", { amount = 5 }) "#
            + #"expect("till-1", { "Paid", { amount = 5, at = 7 } })"#,
        #"given("till-1", { "Paid", { amount = 5 } }) when("till-1", "pay", { amount = 2 }) "#
            + #"expect.state("till-1", { sum = 7 })"#,
        #"when("till-1", "pay", { amount = 0 }) expect.refused("bad-amount") expect("till-1")"#,
        #"when("till-1", { "Paid", { amount = 5 } }) expect("receipt-1", { "Printed" }) "#
            + #"expect.sent("till-1", "pay", { amount = 1 }) expect.state("till-other", { sum = 5 })"#,
        #"when("till-1", { "Paid", { amount = 13 } }) expect("receipt-1")"#,
        #"when("till-1", { "Paid", { amount = 0 } }) expect.refused("bad-amount")"#,
        #"when("till-1", "pay", { amount = 5 }) expect("till-1", { "Paid", tags = { "cash" } })"#,
        #"when.tick("count", 9000) expect.sent("till-1", "pay", { amount = 9000 }, 69000) "#
            + #"expect("receipt-count", { "Counted", { at = 9000 } })"#,
        #"given.now(7) when.tick("count") expect("receipt-count", { "Counted", { at = 7 } })"#,
        #"expect.error(function() when("till-1", "fail") end, "broken on purpose")"#,
        #"expect.equal({ 1, { a = {} } }, { 1.0, { a = json.array {} } })"#,
    ])
    func `a spec that tells what the app does holds`(body: String) throws {
        let failure = try SpecBench.failure(SpecBench.till, body)
        #expect(failure?.text == nil)
    }

    @Test(arguments: [
        (
            #"when("till-1", "pay", { amount = 5 }) "#
                + #"expect("till-1", { "Paid", { amount = 6, at = 1767225600000 } })"#,
            "till-1: Paid.amount is 5, it should be 6"
        ),
        (
            #"when("till-1", "pay", { amount = 5 }) expect("till-1")"#,
            #"till-1 got Paid {"amount":5,"at":1767225600000}; it should get nothing"#
        ),
        (
            #"when("till-1", { "Paid", { amount = 13 } }) expect("receipt-1", { "Printed" })"#,
            "receipt-1 got nothing; it should get Printed …"
        ),
        (
            #"when("till-1", "pay", { amount = 5 }) expect("till-1", { "Paid", tags = { "card" } })"#,
            #"till-1: Paid tags[1] is "cash", it should be "card""#
        ),
        (
            #"when("till-1", "pay", { amount = 5 }) expect.refused("bad-amount")"#,
            "expect.refused: nothing was refused, and not with bad-amount"
        ),
        (
            #"when("till-1", "pay", { amount = 0 }) expect.refused("other")"#,
            "expect.refused: it was refused with bad-amount, and not with other"
        ),
        (#"when("till-1", "pay", { amount = 0 })"#, "till.pay was refused: bad-amount, at least 1"),
        (
            #"when("till-1", "pay", { amount = 0 }) when("till-1", "pay", { amount = 1 })"#,
            "till.pay was refused: bad-amount, at least 1"
        ),
        (
            #"when("till-1", "pay", { amount = 5 }) expect.nothing()"#,
            #"expect.nothing: till-1 got Paid {"amount":5,"at":1767225600000}"#
        ),
        (
            #"when("till-1", { "Paid", { amount = 5 } }) expect.sent("till-1", "pay", { amount = 2 })"#,
            "expect.sent: pay.amount is 1, it should be 2, and not pay to till-1"
        ),
        (
            #"when("till-1", "pay", { amount = 5 }) expect.state("till-1", { sum = 6 })"#,
            "expect.state: till-1: sum is 5, it should be 6"
        ),
        (#"when("till-1", "spoil")"#, "till.spoil changed the state that it was given; only `events` may"),
        (#"when("till-1", "pai")"#, #"there is no command of till pai; did you mean "pay"?"#),
        (#"when("tilt-1", "pay")"#, #"there is no aggregate tilt; did you mean "till"?"#),
        (#"when("till-1", { "Lost" })"#, "when: no handler wants till.Lost"),
        (#"expect("till-1")"#, "expect needs a when before it"),
        (
            #"when.tick("count", 9000) expect.sent("till-1", "pay", nil, 9000)"#,
            "expect.sent: pay is due at 69000, and not pay to till-1"
        ),
        (#"when.tick("cont")"#, #"when.tick: there is no schedule cont; did you mean "count"?"#),
        (#"when.tick("count", 1.5)"#, "when.tick needs milliseconds since 1970"),
        (
            #"expect.error(function() when("till-1", "fail") end, "broken") expect("till-1")"#,
            "expect needs a when before it"
        ),
        (#"given("till-1", { "" })"#, "the name \"\" can't be used"),
        (#"given("till", { "Paid" })"#, #"given needs a stream such as "order-42", it got till"#),
        (#"given("till-1", "Paid")"#, #"given needs events such as { "OrderPlaced", { total = 5 } }"#),
        (#"expect.error(function() end, "x")"#, "expect.error: no error was raised; it should contain x"),
        (#"expect.blame(function() json.decode("x") end, "0 bytes")"#, "expect.blame: it is"),
        (#"expect.equal({ a = { 1, 2 } }, { a = { 1, 3 } })"#, "expect.equal: a[2] is 2, it should be 3"),
    ])
    func `a spec that tells something else says what is different`(body: String, summary: String) throws {
        let failure = try SpecBench.failure(SpecBench.till, body)
        #expect(failure?.summary.hasPrefix(summary) == true, "\(failure?.text ?? "it holds")")
        #expect(failure?.file == (summary.contains("changed the state") ? "app.lua" : "rules_spec.lua"))
    }

    @Test func `a failure shows the line of the spec, as every failure of a script does`() throws {
        let failure = try SpecBench.failure(SpecBench.till, "  local got = 5\n  expect.equal(got, 6)")
        #expect(
            failure?.text == """
                rules_spec.lua:3: expect.equal: it is 5, it should be 6
                  2 |   local got = 5
                > 3 |   expect.equal(got, 6)
                  4 | end)
                  at rules_spec.lua:3 in function 'run'
                  in spec it
                  hint: correct the rule, or what the spec says of it
                """
        )
    }

    @Test func `a rule that fails is told with its own lines`() throws {
        let failure = try SpecBench.failure(SpecBench.till, #"when("till-1", "fail")"#)
        #expect(failure?.file == "app.lua")
        #expect(failure?.summary == "broken on purpose")
        #expect(failure?.text.contains("at rules_spec.lua:2 in") == true)
    }

    @Test(arguments: [
        ("e.keys", "an event has no field 'keys'; did you mean \"key\"?"),
        ("e.data.amuont", "the fields of \"h\" have no 'amuont'; did you mean \"amount\"?"),
        ("e.data.note", "the fields of \"h\" have no 'note'; there are amount"),
    ])
    func `a handler sees an event as the host gives it`(read: String, summary: String) throws {
        let app = AppFixture(
            """
            handler "h" { on = "a.B", fields = { "amount" }, run = function(e)
              emit("c-1", "C", { amount = e.data.amount, id = #e.id, time = e.time })
              local read = \(read)
            end }
            """
        )
        let failure = try SpecBench.failure(app, #"when("a-1", { "B", { amount = 5, note = "n" } })"#)
        #expect(failure?.summary == summary)
        #expect(failure?.line == 3)
    }

    @Test func `a fold sees an event as the host gives it`() throws {
        let app: AppFixture = """
            aggregate "a" { events = { B = function(a, e) a.x = e.revison end } }
            """
        let failure = try SpecBench.failure(
            app,
            #"given("a-1", { "B" }) expect.state("a-1", { x = 0 })"#
        )
        #expect(failure?.summary == "an event in a fold has no field 'revison'; did you mean \"revision\"?")
        #expect(failure?.file == "app.lua")
    }

    @Test func `an event that no log would take fails where it is emitted`() throws {
        let app: AppFixture = """
            handler "h" { on = "a.B", run = function(e)
              emit("c-1", "C", {}, { tags = { 5 } })
            end }
            """
        let failure = try SpecBench.failure(app, #"when("a-1", { "B" })"#)
        #expect(failure?.file == "app.lua")
        #expect(failure?.line == 2)
    }
}

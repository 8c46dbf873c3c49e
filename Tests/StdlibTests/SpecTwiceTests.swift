import Runtime
import TestSupport
import Testing

/// Each step delivered twice: what a crash, a retry or a rebuild would bring to light.
@Suite struct SpecTwiceTests {
    /// A handler of `a.Happened` in a mode of delivery.
    private static func app(_ delivery: String, _ run: String, before: String = "") -> AppFixture {
        AppFixture(
            """
            allow = { "https://carrier.example" }
            aggregate "till" {
              initial = { seen = {} },
              commands = {
                once = function(till, args)
                  if till.seen[args.id] then reject("seen") end
                  emit("Paid", { id = args.id })
                end,
              },
              events = { Paid = function(till, e) till.seen[e.data.id] = true end },
            }
            \(before)
            handler "h" {
              on = "a.Happened", delivery = "\(delivery)",
              run = function(e)
                \(run)
              end,
            }
            """
        )
    }

    private static let count = "local count = 0"
    private static let counted = #"count = count + 1 emit("b-1", "Counted", { n = count })"#

    @Test(arguments: ["exactly-once", "at-least-once", "at-most-once"])
    func `a step that keeps something beside its state is found out`(delivery: String) throws {
        let app = Self.app(delivery, Self.counted, before: Self.count)
        let failure = try #require(
            try SpecBench.failure(
                app,
                #"when("a-1", { "Happened" }) expect("b-1", { "Counted", { n = 1 } })"#
            )
        )
        #expect(failure.code == "spec-not-idempotent")
        #expect(
            failure.summary
                == "with each step delivered twice: h ran twice on a.Happened of a-1, on the same "
                + #"state, and the second time it asked for Counted {"n":2} in b-1, "#
                + #"and not for Counted {"n":1} in b-1"#
        )
        #expect(failure.file == "app.lua" && failure.line == 15, "\(failure.text)")
        #expect(failure.text.contains("in spec it, each step delivered twice\n  hint: let it do the same"))
        #expect(failure.text.contains("> 15 |"), "\(failure.text)")
    }

    @Test func `a command that keeps something beside its state is found out`() throws {
        let app: AppFixture = """
            local count = 0
            aggregate "a" { commands = { go = function()
              count = count + 1
              emit("Gone", { n = count })
            end } }
            """
        let failure = try #require(
            try SpecBench.failure(app, #"when("a-1", "go") expect("a-1", { "Gone" })"#)
        )
        #expect(failure.code == "spec-not-idempotent")
        #expect(failure.summary.contains("a.go ran twice on the command"))
        #expect(failure.file == "app.lua" && failure.line == 2)
    }

    @Test(arguments: [
        #"emit("b-1", "Counted", { n = random(1000000), id = uuid() })"#,
        #"command("till", "1", "once", { id = e.id })"#,
        #"local before = #read { stream = "b-1" } emit("b-1", "Counted", { n = before })"#,
        #"abort("not now")"#,
    ])
    func `a step that goes by its event and its state holds twice, exactly-once`(run: String) throws {
        let app = Self.app("exactly-once", run)
        #expect(try SpecBench.failure(app, #"when("a-1", { "Happened" })"#)?.text == nil)
    }

    @Test func `an effect that doubles at-least-once is told, with handler, event and effect`() throws {
        let app = Self.app("at-least-once", #"emit("b-1", "Printed", { n = 1 })"#)
        let body = #"when("a-1", { "Happened" }) expect("b-1", { "Printed", { n = 1 } })"#
        let failure = try #require(try SpecBench.failure(app, body))
        #expect(failure.code == "spec-not-idempotent")
        #expect(
            failure.summary == "with each step delivered twice: "
                + #"b-1 got Printed {"n":1}, Printed {"n":1}; it should get Printed {"n":1}"#
        )
        #expect(failure.file == "rules_spec.lua")
        #expect(
            failure.text.contains(
                "\n  h (at-least-once) got a.Happened of a-1 twice; the second time it asked for "
                    + "Printed {\"n\":1} in b-1\n  hint: let it do the same a second time, or say why"
            ),
            "\(failure.text)"
        )
        // The same handler, exactly-once, has no second effect.
        let once = Self.app("exactly-once", #"emit("b-1", "Printed", { n = 1 })"#)
        #expect(try SpecBench.failure(once, body)?.text == nil)
        let never = Self.app("at-most-once", #"emit("b-1", "Printed", { n = 1 })"#)
        #expect(try SpecBench.failure(never, body)?.text == nil)
    }

    @Test func `an effect that is refused the second time holds, at-least-once`() throws {
        let app = Self.app("at-least-once", #"command("till", "1", "once", { id = e.id })"#)
        let body = #"when("a-1", { "Happened" }) expect("till-1", { "Paid" }) expect.state("till-1", {})"#
        #expect(try SpecBench.failure(app, body)?.text == nil)
    }

    @Test func `a spec that says why is run once`() throws {
        let app = Self.app("at-least-once", #"emit("b-1", "Printed", { n = 1 })"#)
        let specs = """
            spec("it", { once = "a paper too many does no harm" }, function()
              when("a-1", { "Happened" })
              expect("b-1", { "Printed", { n = 1 } })
            end)
            """
        let bench = try SpecBench(app, specs)
        #expect(bench.runner.specs[0].once == "a paper too many does no harm")
        #expect(bench.failures() == [nil])
    }

    @Test(arguments: [
        (#"spec("it", { once = "" }, function() end)"#, "spec needs the option once to say why"),
        (#"spec("it", { twice = "x" }, function() end)"#, "spec has no option twice; there is once"),
        (#"spec("it", 5, function() end)"#, "spec takes options such as"),
    ])
    func `a wrong option of a spec is told`(text: String, summary: String) throws {
        let error = #expect(throws: RuntimeError.self) { try SpecBench("", text) }
        guard case .script(let failure)? = error else { throw error ?? RuntimeError.stopping }
        #expect(failure.summary.hasPrefix(summary))
        #expect(failure.line == 1 && failure.file == "rules_spec.lua")
    }

    @Test(arguments: ["exactly-once", "at-least-once"])
    func `a call that is made again gets the answer that it got`(delivery: String) throws {
        let app = Self.app(
            delivery,
            """
            local answer = http.post("https://carrier.example/labels", { order = e.key })
            command("till", "1", "once", { id = answer.json.id })
            """
        )
        let body = #"""
            given.http("POST https://carrier.example/labels", { json = { id = "x" } })
            when("a-1", { "Happened" })
            expect.called("POST https://carrier.example/labels", { order = "1" })
            expect("till-1", { "Paid", { id = "x" } })
            """#
        #expect(try SpecBench.failure(app, body)?.text == nil)
    }

    @Test func `chance goes on as if there had been no second delivery`() throws {
        let run = #"command("till", "1", "once", { id = uuid() })"#
        let happened = #"when("a-1", { "Happened" }) "#
        // What it is in a run without second deliveries, told by a failure.
        let told = try SpecBench.failure(
            Self.app("exactly-once", run),
            happened + "error(random(1 << 40), 0)"
        )
        let chance = try #require(told).summary
        let app = Self.app("at-least-once", run)
        #expect(
            try SpecBench.failure(app, happened + "expect.equal(random(1 << 40), \(chance))")?.text == nil
        )
    }

    @Test func `a projection that keeps something beside its rows is found out`() throws {
        let app: AppFixture = """
            local n = 0
            projection "p" { on = "a.B", tables = { t = "n integer" }, run = function(e, db)
              n = n + 1
              db.exec("insert into t values (?)", n)
            end }
            """
        let body = #"given("a-1", { "B" }) expect.rows("t", { n = 1 })"#
        let failure = try #require(try SpecBench.failure(app, body))
        #expect(failure.code == "spec-not-idempotent")
        #expect(failure.summary.contains(#"a row of t is {"n":2}; it should be {"n":1}"#), "\(failure.text)")
    }

    @Test func `a budget that two deliveries use up stays what it is`() throws {
        let app = Self.app("exactly-once", "for n = 1, 6000000 do local x = n end")
        let failure = try SpecBench.failure(app, #"when("a-1", { "Happened" })"#)
        #expect(failure?.code == "script-instruction-limit")
        #expect(failure?.text.contains("in spec it, each step delivered twice") == true)
    }
}

import EventLog
import Runtime
import TestSupport
import Testing

/// Whatever a script does, the host lives on, the failure is told, and other keys go on.
@Suite(.unlessItHangs) struct ScriptFailureTests {
    /// A handler that does something terrible for events that say so.
    private func app(_ terrible: String) -> AppFixture {
        Apps.counter + """
            handler "react" {
              on = "order.*", retry = { attempts = 1 },
              run = function(e)
                if not e.data.bad then return emit("done-" .. e.key, "Done", {}) end
                \(terrible)
              end,
            }
            """
    }

    // One by one: on a busy machine many at once would reach the limit that goes by the clock first.
    @Test(
        .serialized,
        arguments: [
            ("while true do end", "script-instruction-limit"),
            ("while true do pcall(function() while true do end end) end", "script-instruction-limit"),
            (#"local text = ("x"):rep(1 << 30)"#, "script-memory-limit"),
            (#"local text = "x" while true do text = text .. text end"#, "script-memory-limit"),
            ("local list = {} while true do list[#list + 1] = { 1, 2, 3 } end", "script-memory-limit"),
            ("local function down(n) return 1 + down(n + 1) end down(1)", "script-error"),
            (#"error({ code = "x" })"#, "script-error"),
            ("error()", "script-error"),
            ("undefined_function()", "script-error"),
            ("some_global = 1", "script-error"),
            (#"command("conter", "1", "add")"#, "script-error"),
            (#"emit("", "Type")"#, "script-error"),
            (#"emit("$sent-1", "CommandSent", {})"#, "script-error"),
            (#"emit("-key", "Type")"#, "script-invalid-name"),
            (#"emit("a\0b", "Type")"#, "script-invalid-name"),
            (#"emit(("s"):rep(300), "Type")"#, "script-invalid-name"),
            (#"emit("a-1", ("T"):rep(300))"#, "script-invalid-name"),
            (#"emit("a-1", "a\nb")"#, "script-invalid-name"),
            (#"emit("a-1", "A", {}, { tags = { ("t"):rep(300) } })"#, "script-invalid-name"),
            (#"emit("a-1", "A", {}, { tags = { "" } })"#, "script-invalid-name"),
            (#"emit("a-1", "A", {}, { tags = { 5 } })"#, "script-invalid-name"),
            (
                #"local t = {} for i = 1, 17 do t[i] = "t" .. i end emit("a-1", "A", {}, { tags = t })"#,
                "script-limit-exceeded"
            ),
            (#"emit("a-1", "A", { text = ("x"):rep(2 << 20) })"#, "script-limit-exceeded"),
            (#"emit("a-1", "A", {}, { meta = { text = ("x"):rep(2 << 20) } })"#, "script-limit-exceeded"),
            (#"for i = 1, 500 do emit("a-" .. i, "A") end"#, "script-limit-exceeded"),
            (
                #"for i = 1, 100000 do emit("a-1", "A", { text = ("x"):rep(1000) }) end"#,
                "script-output-limit"
            ),
            (#"command("counter", "1", "add", { text = ("x"):rep(2 << 20) })"#, "script-limit-exceeded"),
            (#"command("counter", "1", "add", { "mixed", key = 1 })"#, "script-error"),
            (#"emit("a-1", "A", {}, { meta = "text" })"#, "script-error"),
            (#"emit("a-1", "A", {}, { tags = "text" })"#, "script-error"),
            (#"emit("a-1", "A", {}, { meta = { 1, 2 } })"#, "script-error"),
            (#"emit("a-1", "A", { text = "\xff" })"#, "script-error"),
            (#"emit("a-1", "\xff")"#, "script-invalid-name"),
            (#"emit("a-\xff", "A")"#, "script-invalid-name"),
            (#"db.exec("delete from x")"#, "script-error"),
        ]
    )
    func `a step that goes wrong is parked with its own error, and other keys go on`(
        terrible: String,
        code: String
    ) async throws {
        try await withHost(app(terrible), options: .init(workers: 1)) { fixture in
            try await fixture.append(#"order-1 Placed {"bad":true}"#, "order-2 Placed")
            try await fixture.untilIdle()
            let failure = try #require(try await fixture.host.parked().first?.failure)
            #expect(failure.code == code, "\(failure.text)")
            #expect(failure.context == "handler react on Placed, position 1 of order-1")
            #expect(try await fixture.status(of: "react").state == .running)
            #expect(try fixture.events().filter { !$0.hasPrefix("order") } == ["done-2 Done {}"])
            // The worker is as good as before.
            _ = try await fixture.execute("counter-1 add")
            #expect(try await fixture.state("counter-1") == #"{"value":1}"#)
        }
    }

    @Test(arguments: [60, 62, 63, 64, 65, 200])
    func `data that is nested too deep is the script's failure, not the host's end`(depth: Int) async throws {
        let nest = "local deep = {} for _ = 2, \(depth) do deep = { d = deep } end"
        for use in [#"emit("a-1", "A", deep)"#, #"emit("a-1", "A", {}, { meta = deep })"#] {
            try await withHost(app("\(nest) \(use)"), options: .init(workers: 1)) { fixture in
                try await fixture.append(#"order-1 Placed {"bad":true}"#, "order-2 Placed")
                try await fixture.untilIdle()
                let isParked = try await fixture.host.parked().count == 1
                #expect(try fixture.events(in: "a").count == (isParked ? 0 : 1))
                #expect(isParked == (depth > 64))
                #expect(try fixture.events(in: "done").count == 1)
                #expect(try await fixture.status(of: "react").state == .running)
            }
        }
    }

    @Test(arguments: [
        ("while true do end", "script-instruction-limit"),
        (#"local text = ("x"):rep(1 << 30)"#, "script-memory-limit"),
        (#"emit("Big", { text = ("x"):rep(2 << 20) })"#, "script-limit-exceeded"),
        (#"for i = 1, 500 do emit("A") end"#, "script-limit-exceeded"),
        (#"emit("a\nb")"#, "script-invalid-name"),
        (#"emit("A", {}, { meta = "text" })"#, "script-error"),
    ])
    func `a command that goes wrong answers with its own error, and the next one works`(
        terrible: String,
        code: String
    ) async throws {
        let app: AppFixture = """
            aggregate "box" {
              initial = { count = 0 },
              commands = {
                spoil = function() \(terrible) end,
                put = function() emit("Put", {}) end,
              },
              events = { Put = function(box) box.count = box.count + 1 end },
            }
            """
        try await withHost(app, options: .init(workers: 1)) { fixture in
            _ = try await fixture.execute("box-1 put")
            let error = await #expect(throws: RuntimeError.self) { try await fixture.execute("box-1 spoil") }
            #expect(error?.code == code, "\(error?.description ?? "")")
            _ = try await fixture.execute("box-1 put")
            #expect(try await fixture.state("box-1") == #"{"count":2}"#)
            #expect(try fixture.recorded(.category("$command")).count == 2)
        }
    }

    @Test func `an event that a person appended can't bring a handler's host down`() async throws {
        let app: AppFixture = """
            handler "react" {
              on = "order.*", retry = { attempts = 1 },
              run = function(e) emit("done-" .. e.key, "Done", { n = e.data.n }) end,
            }
            """
        try await withHost(app) { fixture in
            for data in ["null", "5", #""text""#, "[1,2]", "{broken", #"{"n":1e999}"#] {
                try await fixture.append("order-1 Odd \(data)")
            }
            try await fixture.append(#"order-2 Placed {"n":1}"#)
            try await fixture.untilIdle()
            #expect(try fixture.events(in: "done").last == #"done-2 Done {"n":1}"#)
            #expect(try await fixture.status(of: "react").state == .running)
        }
    }

    @Test func `the text of a failure tells a rule writer everything`() async throws {
        let app = AppFixture(files: [
            "app.lua": """
            local rules = require "rules"

            handler "react" {
              on = "order.Placed",
              retry = { attempts = 1 },
              run = function(e)
                rules.check(e)
              end,
            }
            """,
            "rules.lua": """
            local rules = {}

            function rules.check(e)
              return e.data.customer.name .. "!"
            end

            return rules
            """,
        ])
        try await withHost(app) { fixture in
            try await fixture.append(#"order-1 Placed {"customer":null}"#)
            try await fixture.untilIdle()
            let failure = try #require(try await fixture.host.parked().first?.failure)
            #expect(failure.file == "rules.lua")
            #expect(failure.line == 4)
            #expect(
                failure.text == """
                    rules.lua:4: attempt to index a nil value (field 'customer')
                      3 | function rules.check(e)
                    > 4 |   return e.data.customer.name .. "!"
                        |                 ^^^^^^^^
                      5 | end
                      at rules.lua:4 in function 'rules.check'
                      at app.lua:7 in function 'run'
                      hint: it is nil here: check its spelling, or test it before use
                      in handler react on Placed, position 1 of order-1
                    """
            )
        }
    }
}

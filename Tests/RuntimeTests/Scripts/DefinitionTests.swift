import EventLog
import Runtime
import TestSupport
import Testing

/// What is wrong with an app is said when it is loaded, at the line where it is wrong.
@Suite struct DefinitionTests {
    private func loadError(_ app: AppFixture) async throws -> RuntimeError? {
        do {
            let fixture = try await HostFixture(app, options: .init(workers: 1))
            await fixture.host.stop()
            return nil
        } catch let error as RuntimeError {
            return error
        }
    }

    @Test(arguments: [
        ("handler \"h\" { on = \"a.B\" }", #"handler "h" needs run to be a function, it is nil"#),
        (
            "handler \"h\" { run = function() end }",
            #"handler "h" needs on to name events: "order.OrderPlaced""#
        ),
        ("handler \"h\" { on = \"a.B\", run = 5 }", #"handler "h" needs run to be a function, it is number"#),
        (
            "handler \"h\" { on = \"a.B\", runs = 5, run = function() end }",
            #"handler "h" has no field runs; did you mean "run"?"#
        ),
        (
            "handler \"h\" { on = \"a.B\", other = 5, run = function() end }",
            #"handler "h" has no field other; there are delivery, fields, from, on, on_failure, retry, run, "#
                + "tags, where"
        ),
        (
            "handler \"h\" { on = \"a.B\", fields = { a = \"b\" }, run = function() end }",
            #"handler "h" needs fields to be a list of different names"#
        ),
        (
            #"projection "p" { on = "a.B", tables = {}, fields = { "x", "x" }, run = print }"#,
            #"projection "p" needs fields to be a list of different names"#
        ),
        ("handler \"h\" { on = {}, run = function() end }", #"handler "h" needs on to name events"#),
        (
            "handler \"h\" { on = \"aB\", run = function() end }",
            #"handler "h" has on = aB; write "category.Type""#
        ),
        ("handler \"h\" { on = \"a.B.C\", run = function() end }", #"handler "h" has on = a.B.C"#),
        ("handler \"h\" { on = \"a-1.B\", run = function() end }", #"handler "h" has on = a-1.B"#),
        ("handler \"h\" { on = { 5 }, run = function() end }", #"handler "h" has on = 5"#),
        ("handler \"h\" (5)", #"handler "h" needs a table: handler "name" { ... }"#),
        ("handler \"h h\" {}", #"handler needs a name of letters, digits, "-", "_" and ".""#),
        ("handler(nil)", #"handler needs a name of letters, digits, "-", "_" and ".""#),
        (
            "handler \"h\" { on = \"a.B\", run = function() end, delivery = \"at-last-once\" }",
            #"handler "h" has delivery = at-last-once; did you mean "at-least-once"?"#
        ),
        (
            #"handler "h" { on = "a.B", run = print, delivery = "at-most-once", retry = { attempts = 2 } }"#,
            #"handler "h" has retry, and delivery = at-most-once tries an event once, then parks it"#
        ),
        (
            #"handler "h" { on = "a.B", run = print, delivery = "at-most-once", on_failure = "stop" }"#,
            #"handler "h" has on_failure = stop, and delivery = at-most-once tries an event once"#
        ),
        (
            "handler \"h\" { on = \"a.B\", run = function() end, on_failure = \"skip\" }",
            #"handler "h" has on_failure = skip; it is "park" or "stop""#
        ),
        ("aggregate \"a-b\" {}", #"aggregate "a-b" is a category, and a category has no "-""#),
        ("aggregate \"a\" { commands = { 5 } }", #"aggregate "a" needs commands to map names to functions"#),
        ("aggregate \"a\" { events = { X = 5 } }", #"aggregate "a" needs events to map names to functions"#),
        (
            "aggregate \"a\" { command = {} }",
            #"aggregate "a" has no field command; did you mean "commands"?"#
        ),
        ("aggregate \"a\" { \"junk\" }", #"aggregate "a" has no field 1"#),
        (
            "projection \"p\" { on = \"a.B\", run = function() end }",
            #"projection "p" needs tables to be a table"#
        ),
        ("query \"q\" {}", #"query "q" needs run to be a function, it is nil"#),
        ("workflow \"w\" {}", "workflow is not available in this version"),
        ("schedule \"s\" {}", #"schedule "s" needs cron to be a string, it is nil"#),
        ("route {}", "route needs to to be a category"),
        ("emit(\"a-1\", \"A\")", "emit works in an aggregate's command and in a handler"),
        ("command(\"a\", \"1\", \"b\")", "command works in a handler"),
        ("local t = now()", "there is no time and no chance here"),
        ("require \"nowhere\"", "nowhere"),
        ("error(\"at load\")", "at load"),
        ("while true do end", "instructions"),
    ])
    func `a mistake is named with its line`(text: String, summary: String) async throws {
        let error = try await loadError(AppFixture("-- line 1\n\n\(text)"))
        guard case .script(let failure) = error else {
            Issue.record("not a script's failure: \(String(describing: error))")
            return
        }
        #expect(failure.summary.contains(summary), "\(failure.text)")
        #expect(failure.file == "app.lua", "\(failure.text)")
        #expect(failure.line == 3, "\(failure.text)")
        #expect(failure.context == "loading the app test")
    }

    @Test(arguments: [
        #"aggregate "x" {}"#, #"handler "x" { on = "a.B", run = function() end }"#,
        #"projection "x" { on = "a.B", tables = {}, run = function() end }"#,
        #"query "x" { run = function() end }"#,
    ])
    func `a name that is declared twice is an error at the second place`(text: String) async throws {
        let error = try await loadError(AppFixture("\(text)\n\n\(text)"))
        guard case .script(let failure) = error else {
            Issue.record("not a script's failure: \(String(describing: error))")
            return
        }
        #expect(failure.summary.hasSuffix(#" "x" is declared twice"#), "\(failure.text)")
        #expect(failure.file == "app.lua")
        #expect(failure.line == 3)
    }

    @Test func `a handler and a projection can't share a name, for a processor has one`() async throws {
        let error = try await loadError(
            """
            handler "x" { on = "a.B", run = function() end }
            projection "x" { on = "a.B", tables = {}, run = function() end }
            """
        )
        #expect(error?.description.contains("declared twice") == true)
    }

    @Test(arguments: [
        (#"retry = { attempts = 0 }"#, "handler h: retry.attempts must be an integer from 1 to 1000"),
        (#"retry = { attempts = "3" }"#, "handler h: retry.attempts must be an integer from 1 to 1000"),
        (#"retry = { factor = 0.5 }"#, "handler h: retry.factor must be a number from 1 to 100"),
        (#"retry = { first = 5 }"#, #"handler h: retry.first must be a duration of at most 30 days"#),
        (#"retry = { max = "5 s" }"#, #"handler h: retry.max must be a duration of at most 30 days"#),
        (#"retry = { first = "-1s" }"#, #"handler h: retry.first must be a duration of at most 30 days"#),
        (
            #"retry = { tries = 5 }"#,
            "handler h: retry has no field tries; it may have attempts, first, factor, max"
        ),
        (#"retry = { max = "100000000d" }"#, "handler h: retry.max must be a duration of at most 30 days"),
        (#"retry = { 5 }"#, "handler h: retry"),
    ])
    func `a retry policy that makes no sense is refused`(field: String, text: String) async throws {
        let error = try await loadError(
            AppFixture(#"handler "h" { on = "a.B", run = function() end, \#(field) }"#)
        )
        #expect(error?.code == "invalid-app")
        #expect(error?.description.hasPrefix(text) == true, "\(error?.description ?? "no error")")
    }

    @Test(arguments: [
        (
            #"query "q" { params = { n = "int" }, run = function() end }"#,
            "query q declares n as no kind that exists; there are string, integer, number, boolean"
        )
    ])
    func `what only the host can check is refused with the name of what is wrong`(
        app: String,
        text: String
    )
        async throws
    {
        let error = try await loadError(AppFixture(app))
        #expect(error?.code == "invalid-app")
        #expect(error?.description == text)
    }

    @Test(arguments: [
        (#"tables = { t = "this is ( no sql" }"#, "sql-error"),
        (#"tables = { ["sqlite_x"] = "n integer" }"#, "read-model-invalid-name"),
        (#"tables = { ["a b"] = "n integer" }"#, "read-model-invalid-name"),
    ])
    func `a table that SQLite can't make is refused`(tables: String, code: String) async throws {
        let error = try await loadError(
            AppFixture(#"projection "p" { on = "a.B", \#(tables), run = function() end }"#)
        )
        #expect(error?.code == code, "\(error?.description ?? "no error")")
    }

    @Test func `a syntax error names file and line, in a module too`() async throws {
        let error = try await loadError(
            AppFixture(files: [
                "app.lua": "require \"rules.stock\"", "rules/stock.lua": "local x = 1\nlocal = 2",
            ])
        )
        guard case .script(let failure) = error else {
            Issue.record("not a script's failure: \(String(describing: error))")
            return
        }
        #expect(failure.file == "rules/stock.lua")
        #expect(failure.line == 2)
    }

    @Test func `a syntax error has its own code`() async throws {
        let error = try await loadError("local x = = 1")
        #expect(error?.code == "script-syntax")
        #expect(error?.description.contains("app.lua:1:") == true)
    }

    @Test func `an app without app.lua is refused`() async throws {
        let error = try await loadError(AppFixture(files: ["other.lua": ""]))
        #expect(error?.code == "invalid-app")
        #expect(error?.description == "the app test has no app.lua")
    }

    @Test func `an app may declare nothing`() async throws {
        #expect(try await loadError("")?.description == nil)
    }

    @Test func `a handler's name that is too long for the log is refused at load`() async throws {
        let name = String(repeating: "h", count: 250)
        let error = try await loadError(
            AppFixture(#"handler "\#(name)" { on = "a.B", run = function() end }"#)
        )
        #expect(error != nil)
    }
}

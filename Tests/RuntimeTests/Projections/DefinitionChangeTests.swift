import EventLog
import Runtime
import TestSupport
import Testing

/// Which edits of an app build a projection's rows anew: those that can change them, and no others.
@Suite(.unlessItHangs) struct DefinitionChangeTests {
    private static let app = [
        "app.lua": """
        local rules = require "rules"
        local list = require "list"
        local factor = 2
        local limits = { low = 1, high = { 10, 20 } }
        local class = setmetatable({}, { __index = { bonus = function() return 3 end } })
        local function double(n) return n * factor end
        function rounded(n) return n // 1 end
        upcast("order.Placed", 1, function(data) data.n = data.n or 0 return data end)
        upcast("other.Made", 1, function(data) data.old = 4 return data end)
        aggregate "order" { commands = { place = function(s, a) emit("Placed", a) end } }
        handler "react" { on = "order.Placed", run = function(e) send("order", "x", "place", { n = 5 }) end }
        projection "other" { on = "other.*", tables = { others = "n integer" },
          run = function(e, db) db.exec("insert into others values (6)") end }
        projection "rows" {
          on = "order.Placed", tables = { rows = "n integer" }, fields = { "n" }, retry = { attempts = 2 },
          where = function(e) return e.data.n ~= 7 end,
          run = function(e, db)
            local amount = rounded(double(e.data.n)) + rules.add(8) + limits.high[1] + class.bonus()
            db.exec("insert into rows values (?)", list.sum({ amount, now() * 0 }))
          end,
        }
        query "rows" { run = function(db) return db.rows("select n from rows") end }
        """,
        "rules.lua": """
        local rules = {}
        function rules.add(n) return n + 9 end
        return rules
        """,
    ]

    /// Runs the app, then the edited one over the same rows; whether they were built anew.
    private func rebuilds(_ edit: (String, String), of app: [String: String] = app) async throws -> Bool {
        let edited = app.mapValues { $0.replacing(edit.0, with: edit.1) }
        #expect(edited != app, "the edit changes nothing: \(edit)")
        let (log, folder) = (MemoryLog(), try TemporaryFolder())
        let options = HostFixture.Options(readModelFolder: folder.path)
        try await withHost(AppFixture(files: app), log: log, options: options) { fixture in
            try await fixture.append(#"order-1 Placed {"n":1}"#)
            _ = try await fixture.query("rows")
        }
        return try await withHost(AppFixture(files: edited), log: log, options: options) { fixture in
            let status = try await fixture.status(of: "rows")
            return status.rebuild != nil || status.generation != 1
        }
    }

    @Test(arguments: [
        ("local factor", "-- how much\n\n\nlocal factor"),
        (
            "  run = function(e, db)\n    local amount",
            "  -- adds\n  run = function(e, db)\n\n    local amount"
        ),
        ("local rules = {}", "-- what is right\nlocal rules = {}"),
        ("amount", "worth"), ("double", "twice"),
        ("{ n = 5 }", "{ n = 55 }"),
        ("emit(\"Placed\", a)", "emit(\"Placed\", { n = a.n })"),
        ("values (6)", "values (66)"),
        ("data.old = 4", "data.old = 44"),
        ("attempts = 2", "attempts = 3"),
        ("select n from", "select n + 1 as n from"),
        ("query \"rows\"", "query \"all\" { run = function() end }\nquery \"rows\""),
        (
            "handler \"react\"",
            "handler \"more\" { on = \"order.*\", run = function() end }\nhandler \"react\""
        ),
        (
            "projection \"other\"",
            "projection \"new\" { on = \"a.B\", tables = {}, run = function() end }\nprojection \"other\""
        ),
    ])
    func `an edit that can't change the rows keeps them`(edit: (String, String)) async throws {
        #expect(try await !rebuilds(edit))
    }

    @Test(arguments: [
        ("local factor = 2", "local factor = 22"),
        ("n // 1", "n // 2"),
        ("n * factor", "n + factor"),
        ("rules.add(8)", "rules.add(88)"),
        ("n + 9", "n + 99"),
        ("{ 10, 20 }", "{ 10, 20, 30 }"),
        ("return 3", "return 33"),
        ("data.n or 0", "data.n or 1"),
        ("~= 7", "~= 77"),
        ("on = \"order.Placed\", tables", "on = { \"order.Placed\", \"order.Paid\" }, tables"),
        ("fields = { \"n\" }", "fields = { \"n\", \"m\" }"),
        ("rows = \"n integer\"", "rows = \"n integer not null\""),
        ("now() * 0", "random(1) * 0"),
    ])
    func `an edit that can change the rows builds them anew`(edit: (String, String)) async throws {
        #expect(try await rebuilds(edit))
    }

    @Test(arguments: ["local here = _ENV", "-- _ENV"])
    func `where a script names its environment, any edit of code builds the rows anew`(
        line: String
    ) async throws {
        var app = Self.app
        app["app.lua", default: ""] += "\n" + line
        #expect(try await rebuilds(("{ n = 5 }", "{ n = 55 }"), of: app))
        #expect(try await !rebuilds(("local factor", "-- how much\nlocal factor"), of: app))
    }

    @Test(arguments: [
        ("rules.add(8)", "require(\"rules\").add(8)"),
        ("limits.high[1]", "#big"),
        ("limits.high[1]", "(keyed[limits] or 1)"),
    ])
    func `where what the code reaches can't be told, any edit builds the rows anew`(
        unclear: (String, String)
    ) async throws {
        var app = Self.app.mapValues { $0.replacing(unclear.0, with: unclear.1) }
        let values = "local big, keyed = {}, {}\nfor n = 1, 100001 do big[n] = n end\nkeyed[{}] = 1\n"
        app["app.lua"] = values + (app["app.lua"] ?? "")
        #expect(try await rebuilds(("{ n = 5 }", "{ n = 55 }"), of: app))
    }
}

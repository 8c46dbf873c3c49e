import EventLog
import TestSupport
import Testing

@testable import Runtime

/// What becomes of a projection's rows when its code is another: built anew, kept, or brought over.
@Suite(.unlessItHangs) struct RowChangeTests {
    private static func app(
        tables: String = "totals = 'customer text primary key, total integer'",
        add: String = "e.data.total",
        more: String = ""
    ) -> AppFixture {
        AppFixture(
            """
            projection "totals" {
              on = "order.Placed", tables = { \(tables) }, \(more)
              run = function(e, db)
                db.exec("insert into totals (customer, total) values (?1, ?2) "
                  .. "on conflict do update set total = total + ?2", e.key, \(add))
              end,
            }
            query "totals" { run = function(db) return db.rows("select * from totals order by customer") end }
            """
        )
    }

    private static func with(
        _ body: (HostFixture) async throws -> Void
    ) async throws {
        try await withHost(app()) { fixture in
            try await fixture.append(#"order-ada Placed {"total":5}"#, #"order-bob Placed {"total":7}"#)
            try await fixture.untilIdle()
            try await body(fixture)
        }
    }

    @Test func `kept rows stay as they are, and new events go by the new code`() async throws {
        try await Self.with { fixture in
            let next = Self.app(add: "e.data.total * 10", more: "changed = 'keep',")
            try await fixture.host.publish(try next.scripts())
            try await fixture.append(#"order-ada Placed {"total":1}"#)
            try await fixture.untilIdle()
            #expect(
                try await fixture.query("totals")
                    == #"[{"customer":"ada","total":15},{"customer":"bob","total":7}]"#
            )
            #expect(try await fixture.status(of: "totals").generation == 1)
        }
    }

    @Test func `kept rows are kept over a restart, too`() async throws {
        let folder = try TemporaryFolder()
        let log = MemoryLog()
        let options = HostFixture.Options(readModelFolder: folder.path)
        try await withHost(Self.app(), log: log, options: options) { fixture in
            try await fixture.append(#"order-ada Placed {"total":5}"#)
            try await fixture.untilIdle()
        }
        let next = Self.app(add: "e.data.total * 10", more: "changed = 'keep',")
        try await withHost(next, log: log, options: options) { fixture in
            try await fixture.append(#"order-ada Placed {"total":1}"#)
            try await fixture.untilIdle()
            #expect(try await fixture.query("totals") == #"[{"customer":"ada","total":15}]"#)
        }
    }

    @Test func `rows can't be kept in other tables`() async throws {
        try await Self.with { fixture in
            let tables = "totals = 'customer text primary key, total integer, note text'"
            let next = Self.app(tables: tables, more: "changed = 'keep',")
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.host.publish(try next.scripts())
            }
            guard case .publishRefused(let failures)? = error else {
                Issue.record("it isn't refused")
                return
            }
            #expect(failures.map(\.code) == ["read-model-tables-changed"])
        }
    }

    @Test func `a projection that migrates brings its rows over, and no event is read again`() async throws {
        try await Self.with { fixture in
            let next = Self.app(
                tables: "totals = 'customer text primary key, total integer, currency text'",
                add: "e.data.total",
                more: """
                    migrate = function(db, from)
                      db.exec("insert into totals select customer, total * 100, 'CHF' from old.totals")
                      assert(from.position == 2 and from.version:find("^code "))
                    end,
                    """
            )
            try await fixture.host.publish(try next.scripts())
            try await fixture.until("totals", is: "switched") { $0.generation == 2 && $0.rebuild == nil }
            try await fixture.append(#"order-ada Placed {"total":1}"#)
            try await fixture.untilIdle()
            let rows = try await fixture.query("totals")
            #expect(rows.contains(#"{"currency":"CHF","customer":"ada","total":501}"#), "\(rows)")
            #expect(rows.contains(#"{"currency":"CHF","customer":"bob","total":700}"#), "\(rows)")
            #expect(try await fixture.status(of: "totals").steps == 3)
        }
    }

    @Test(arguments: [
        ("error('no')", "no"), (#"db.exec("delete from old.totals")"#, "can only be read"),
        (#"db.exec("create table x (y)")"#, "isn't one of the projection's own"),
        (#"db.rows("select * from old.sqlite_master")"#, "belongs to the host"),
    ])
    func `a migration that fails leaves the old rows, which go on by the old code`(
        body: String,
        words: String
    ) async throws {
        try await Self.with { fixture in
            let next = Self.app(add: "e.data.total * 3", more: "migrate = function(db) \(body) end,")
            try await fixture.host.publish(try next.scripts())
            try await fixture.until("totals", is: "given up") { $0.rebuild == nil && $0.lastFailure != nil }
            let status = try await fixture.status(of: "totals")
            #expect(status.generation == 1)
            #expect(status.lastFailure?.text.contains(words) == true, "\(status.lastFailure?.text ?? "")")
            try await fixture.append(#"order-ada Placed {"total":1}"#)
            try await fixture.untilIdle()
            #expect(
                try await fixture.query("totals")
                    == #"[{"customer":"ada","total":6},{"customer":"bob","total":7}]"#
            )
        }
    }

    @Test func `a start with edited scripts keeps the old rows up by the code that the log has`() async throws
    {
        let folder = try TemporaryFolder()
        let log = MemoryLog()
        var options = HostFixture.Options(readModelFolder: folder.path)
        options.recordsScripts = true
        try await withHost(Self.app(), log: log, options: options) { fixture in
            try await fixture.append(#"order-ada Placed {"total":5}"#)
            try await fixture.untilIdle()
        }
        // Other scripts were live in between, which left the rows as they were.
        let between = AppFixture(
            (Self.app().files["app.lua"] ?? "") + "\nquery \"x\" { run = function() end }"
        )
        try await withHost(between, log: log, options: options) { try await $0.untilIdle() }
        try await withHost(Self.app(add: "e.data.no.total"), log: log, options: options) { fixture in
            try await fixture.append(#"order-ada Placed {"total":1}"#)
            try await fixture.untilIdle()
            #expect(try await fixture.query("totals") == #"[{"customer":"ada","total":6}]"#)
            let status = try await fixture.status(of: "totals")
            #expect(status.generation == 1 && status.rebuild == nil)
            #expect(status.lastFailure?.summary.contains("field 'no'") == true)
        }
        try await withHost(Self.app(add: "e.data.total * 10"), log: log, options: options) { fixture in
            try await fixture.untilIdle()
            #expect(try await fixture.query("totals") == #"[{"customer":"ada","total":60}]"#)
        }
    }
}

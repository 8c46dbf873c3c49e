import EventLog
import TestSupport
import Testing

@testable import Runtime

/// Rules are data: they are kept in the log, go live between two batches, and come back.
@Suite(.unlessItHangs) struct PublishTests {
    /// A shop whose discount is a number, and whose handler says what it saw.
    static func shop(discount: Int = 10, thanks: String = "Thanked", more: String = "") -> AppFixture {
        AppFixture(
            """
            aggregate "order" {
              initial = { total = 0 },
              commands = { place = function(order, args) 
                emit("Placed", { total = args.total - \(discount) }) end },
              events = { Placed = function(order, e) order.total = order.total + e.data.total end },
            }
            handler "thank" {
              on = "order.Placed",
              run = function(e) emit("mail-" .. e.key, "\(thanks)", { total = e.data.total }) end,
            }
            projection "totals" {
              on = "order.Placed",
              tables = { totals = "customer text primary key, total integer" },
              run = function(e, db)
                db.exec("insert into totals values (?1, ?2) on conflict do update set total = total + ?2",
                  e.key, e.data.total)
              end,
            }
            query "total" { params = { customer = "string" },
              run = function(db, p)
                return db.row("select total from totals where customer = ?", p.customer)
              end }
            \(more)
            """
        )
    }

    static func withShop(
        _ app: AppFixture = shop(),
        log: any EventLog = MemoryLog(),
        _ body: (HostFixture) async throws -> Void
    ) async throws {
        var options = HostFixture.Options()
        options.recordsScripts = true
        try await withHost(app, log: log, options: options, body)
    }

    @Test func `a first start keeps the scripts in the log, and the next finds them there`() async throws {
        let log = MemoryLog()
        let set = try Self.shop().scripts()
        for _ in 0..<2 {
            try await Self.withShop(log: log) { fixture in
                let history = try fixture.host.scriptHistory()
                #expect(history.map(\.hash) == [set.hash])
                #expect(history.first?.origin == .folder)
                #expect(history.first?.parent == nil)
                #expect(try fixture.host.scripts(set.hash).files == set.files)
                #expect(log.lastPosition == 2)
            }
        }
    }

    @Test func `what is decided behind a publish is decided by it, and names it`() async throws {
        try await Self.withShop { fixture in
            let old = fixture.host.scripts.hash
            _ = try await fixture.execute("order-1 place", #"{"total":100}"#)
            try await fixture.untilIdle()
            let new = try Self.shop(discount: 20).scripts()
            let report = try await fixture.host.publish(
                new,
                by: PublishAuthor(name: "ada", note: "more off")
            )
            #expect(report.hash == new.hash && report.parent == old)
            #expect(report.changes == ["aggregate order"])
            #expect(fixture.host.scripts.hash == new.hash)
            _ = try await fixture.execute("order-2 place", #"{"total":100}"#)
            try await fixture.untilIdle()
            #expect(
                try fixture.events(in: "order") == [
                    #"order-1 Placed {"total":90}"#, #"order-2 Placed {"total":80}"#,
                ]
            )
            for event in try fixture.recorded(.all) where !event.meta.isEmpty {
                let rule = try JSONValue(parsing: event.meta)["rule"]?.string
                #expect(rule == nil || rule == (event.position < report.position ? old : new.hash))
            }
            let published = try #require(try fixture.host.scriptHistory().last)
            #expect(published.position == report.position)
            #expect(published.author == "ada" && published.note == "more off")
            #expect(published.origin == .publish)
        }
    }

    @Test func `comments and layout change nothing, and the log stays as it is`() async throws {
        try await Self.withShop { fixture in
            let before = fixture.log.lastPosition
            let report = try await fixture.host.publish(try Self.shop(more: "-- a comment\n\n").scripts())
            #expect(report.isUnchanged)
            #expect(fixture.log.lastPosition == before)
        }
    }

    @Test func `a rollback brings the old behaviour back, and says so in the log`() async throws {
        let log = MemoryLog()
        try await Self.withShop(log: log) { fixture in
            let old = fixture.host.scripts.hash
            try await fixture.host.publish(try Self.shop(discount: 20).scripts())
            let report = try await fixture.host.rollback(
                to: String(old.prefix(6)),
                by: PublishAuthor(note: "too much")
            )
            #expect(report.hash == old)
            _ = try await fixture.execute("order-1 place", #"{"total":100}"#)
            #expect(try fixture.events(of: "order-1") == [#"order-1 Placed {"total":90}"#])
            let records = try fixture.recorded(.stream(try StreamName("$scripts-app")))
            #expect(records.map(\.type) == ["ScriptsPublished", "ScriptsPublished", "ScriptsRolledBack"])
        }
    }

    @Test func `a rollback outlives a restart, until the folder is changed`() async throws {
        let log = MemoryLog()
        let first = try Self.shop(discount: 1).scripts().hash
        try await Self.withShop(Self.shop(discount: 1), log: log) { _ in }
        try await Self.withShop(Self.shop(discount: 2), log: log) { fixture in
            try await fixture.host.rollback(to: first)
        }
        try await Self.withShop(Self.shop(discount: 2), log: log) { fixture in
            #expect(fixture.host.scripts.hash == first)
        }
        let third = try Self.shop(discount: 3).scripts().hash
        try await Self.withShop(Self.shop(discount: 3), log: log) { fixture in
            #expect(fixture.host.scripts.hash == third)
            let newest = try fixture.host.scriptHistory().last
            #expect(newest?.parent == first)
        }
    }

    @Test func `a folder that can't be loaded is no outage where scripts were live before`() async throws {
        let log = MemoryLog()
        let first = try Self.shop().scripts().hash
        await #expect(throws: RuntimeError.self) { try await Self.withShop("x = = 1", log: log) { _ in } }
        try await Self.withShop(log: log) { _ in }
        let lines = LogLines()
        var options = HostFixture.Options(logger: lines.logger)
        options.recordsScripts = true
        try await withHost("\nx = = 1", log: log, options: options) { fixture in
            #expect(fixture.host.scripts.hash == first)
            _ = try await fixture.execute("order-1 place", #"{"total":100}"#)
            #expect(try fixture.host.scriptHistory().count == 1)
        }
        #expect(lines.all.contains { $0.contains("scripts \(first) go on") && $0.contains("app.lua:2") })
    }

    @Test func `an unknown hash is told with what there is`() async throws {
        try await Self.withShop { fixture in
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.host.rollback(to: "ffff")
            }
            #expect(error?.code == "unknown-scripts")
        }
    }

    @Test func `processors come and go with the scripts, and go on from their marks when they come back`()
        async throws
    {
        try await Self.withShop { fixture in
            let first = fixture.host.scripts.hash
            let audit = """
                handler "audit" { on = "order.Placed", run = function(e)
                  emit("audit-" .. e.key, "Seen", { at = e.revision }) end }
                """
            let report = try await fixture.host.publish(try Self.shop(more: audit).scripts())
            #expect(report.changes == ["+ handler audit"])
            _ = try await fixture.execute("order-1 place", #"{"total":10}"#)
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "audit-1").count == 1)
            try await fixture.host.rollback(to: first)
            #expect(await fixture.host.processors().contains { $0.name == "audit" } == false)
            _ = try await fixture.execute("order-1 place", #"{"total":11}"#)
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "audit-1").count == 1)
            try await fixture.host.publish(try Self.shop(more: audit).scripts())
            try await fixture.untilIdle()
            #expect(
                try fixture.events(of: "audit-1") == [
                    #"audit-1 Seen {"at":0}"#, #"audit-1 Seen {"at":1}"#,
                ]
            )
        }
    }

    @Test func `a handler that wants other events goes on from its marks with these`() async throws {
        let wide = Self.shop(more: "-- wide")
        try await Self.withShop(wide) { fixture in
            _ = try await fixture.execute("order-1 place", #"{"total":10}"#)
            try await fixture.untilIdle()
            let text = try #require(wide.files["app.lua"]).replacing(
                "on = \"order.Placed\",\n  run = function(e) emit",
                with: "on = { \"order.Placed\", \"review.*\" },\n  run = function(e) emit"
            ).replacing("e.data.total }", with: "e.data.total or 0 }")
            try await fixture.host.publish(try AppFixture(text).scripts())
            try await fixture.append("review-1 Asked {}")
            _ = try await fixture.execute("order-1 place", #"{"total":30}"#)
            try await fixture.untilIdle()
            #expect(try fixture.events(of: "mail-1").count == 3)
        }
    }

    @Test func `a projection that changed builds its rows anew, and the old ones answer meanwhile`()
        async throws
    {
        try await Self.withShop { fixture in
            _ = try await fixture.execute("order-ada place", #"{"total":110}"#)
            #expect(try await fixture.query("total", #"{"customer":"ada"}"#) == #"{"total":100}"#)
            let text = try #require(Self.shop().files["app.lua"]).replacing(
                "e.key, e.data.total)",
                with: "e.key, e.data.total * 2)"
            )
            let report = try await fixture.host.publish(try AppFixture(text).scripts())
            #expect(report.changes == ["projection totals"])
            try await fixture.until("totals", is: "rebuilt") { $0.generation == 2 && $0.rebuild == nil }
            #expect(try await fixture.query("total", #"{"customer":"ada"}"#) == #"{"total":200}"#)
        }
    }

    @Test func `what isn't touched by an edit is left alone`() async throws {
        try await Self.withShop { fixture in
            _ = try await fixture.execute("order-ada place", #"{"total":110}"#)
            try await fixture.untilIdle()
            let report = try await fixture.host.publish(try Self.shop(thanks: "Greeted").scripts())
            #expect(report.changes == ["handler thank"])
            _ = try await fixture.execute("order-ada place", #"{"total":110}"#)
            try await fixture.untilIdle()
            #expect(try await fixture.status(of: "totals").generation == 1)
            #expect(try await fixture.status(of: "thank").steps == 2)
            #expect(
                try fixture.events(of: "mail-ada").map { $0.split(separator: " ")[1] } == [
                    "Thanked", "Greeted",
                ]
            )
        }
    }

    @Test func `a version goes when nobody needs it any more`() async throws {
        try await Self.withShop { fixture in
            for round in 1...20 {
                try await fixture.host.publish(try Self.shop(discount: 10 + round).scripts())
                _ = try await fixture.execute("order-1 place", #"{"total":100}"#)
            }
            try await fixture.untilIdle()
            try await Condition.wait(for: "one version") {
                for worker in fixture.host.pool.workers where await worker.versionCount != 1 {
                    return false
                }
                return true
            }
        }
    }
}

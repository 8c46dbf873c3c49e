import EventLog
import Foundation
import Runtime
import TestSupport
import Testing

/// New generations of a projection's rows, beside those that answer.
@Suite(.unlessItHangs) struct RebuildTests {
    /// Balances of accounts, each deposit less a fee; an event whose data says `bad` makes it fail.
    private static func bank(fee: Int = 0, columns: String = "", more: String = "") -> AppFixture {
        """
        projection "balances" {
          on = "account.Deposited", retry = { attempts = 1 },
          tables = { balances = "account text primary key, balance integer\(columns)" },
          run = function(e, db)
            if e.data.bad then error("account " .. e.key .. " is bad") end
            db.exec([[insert into balances (account, balance) values (?1, ?2)
                      on conflict (account) do update set balance = balance + ?2]],
                    e.key, e.data.amount - \(fee))
          end,
        }
        query "balances" { run = function(db) return db.rows("select * from balances order by account") end }
        query "notes" { run = function(db) return db.rows("select note from balances") end }
        \(more)
        """
    }

    /// Whether a read is the first one for new rows: a test that lets it fail sees what is there before.
    private static func beginsRows(_ read: ReadRequest) -> Bool {
        if case .query(let query) = read.filter {
            query.category == "account" && read.after == 0
        } else {
            false
        }
    }

    private func deposit(_ amounts: [Int], in log: any EventLog) async throws {
        let events = try amounts.map { try EventText.event(#"account-a Deposited {"amount":\#($0)}"#) }
        for start in stride(from: 0, to: events.count, by: 500) {
            _ = try await log.commit(NewFrame(events: Array(events[start..<min(start + 500, events.count)])))
        }
    }

    /// What is there now, without waiting.
    private func now(_ fixture: HostFixture, _ query: String = "balances") async throws -> QueryAnswer {
        try await fixture.host.query(query, parameters: [])
    }

    private func files(in folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasPrefix("balances.") && $0.hasSuffix(".sqlite") }.sorted()
    }

    @Test func `a changed projection is built beside its old rows, which answer until it has caught up`()
        async throws
    {
        let (log, folder) = (InterceptedLog(over: MemoryLog()), try TemporaryFolder())
        let options = HostFixture.Options(readModelFolder: folder.path)
        try await deposit([5, 3], in: log)
        try await withHost(Self.bank(), log: log, options: options) { fixture in
            let rows = try await fixture.query("balances")
            let status = try await fixture.status(of: "balances")
            #expect(rows == #"[{"account":"a","balance":8}]"#)
            #expect(status.generation == 1)
        }
        try await deposit([1], in: log)
        log.failReads(with: .closed, where: Self.beginsRows)
        try await withHost(Self.bank(fee: 1), log: log, options: options) { fixture in
            try await fixture.until("balances", is: "held") { $0.state == .stopped }
            let old = try await now(fixture)
            #expect(String(decoding: old.result, as: UTF8.self) == #"[{"account":"a","balance":8}]"#)
            #expect(old.position == 2)
            let status = try await fixture.status(of: "balances")
            #expect(status.position == 2 && status.lagEvents == 1 && status.generation == 1)
            let progress = try #require(status.rebuild)
            #expect(progress.generation == 2 && progress.reason == .changed)
            #expect(progress.position == 0 && progress.target == 3 && progress.percent == 0)
            #expect(try files(in: folder) == ["balances.g1.sqlite", "balances.g2.sqlite"])
            log.failReads(with: nil)
            try await fixture.host.resume(processor: "balances")
            #expect(try await fixture.query("balances") == #"[{"account":"a","balance":6}]"#)
            let built = try await fixture.status(of: "balances")
            #expect(built.generation == 2 && built.rebuild == nil && built.position == 3)
            #expect(built.state == .running)
            #expect(try files(in: folder) == ["balances.g2.sqlite"])
        }
    }

    @Test func `a query of what only the new rows have is told how far they are`() async throws {
        let (log, folder) = (InterceptedLog(over: MemoryLog()), try TemporaryFolder())
        let options = HostFixture.Options(readModelFolder: folder.path)
        try await deposit([5, 3], in: log)
        try await withHost(Self.bank(), log: log, options: options) { _ = try await $0.query("balances") }
        log.failReads(with: .closed, where: Self.beginsRows)
        try await withHost(Self.bank(columns: ", note text"), log: log, options: options) { fixture in
            try await fixture.until("balances", is: "held") { $0.state == .stopped }
            let error = await #expect(throws: RuntimeError.self) { try await now(fixture, "notes") }
            #expect(error?.code == "projection-building")
            #expect(
                error?.description
                    == "the query needs rows of projection balances that are still being built: "
                    + "generation 2 is at position 0 of 2 (0 %)"
            )
            #expect(try await now(fixture).position == 2)
            log.failReads(with: nil)
            try await fixture.host.resume(processor: "balances")
            try await fixture.until("balances", is: "built anew") { $0.generation == 2 }
            #expect(try await fixture.query("notes") == "[{}]")
        }
    }

    @Test func `an edit that fails leaves the old rows in place, and its building is gone on with`()
        async throws
    {
        let (log, folder) = (MemoryLog(), try TemporaryFolder())
        let options = HostFixture.Options(readModelFolder: folder.path)
        try await withHost(Self.bank(), log: log, options: options) { fixture in
            try await fixture.append(#"account-a Deposited {"amount":5}"#)
            try await fixture.append(#"account-b Deposited {"amount":7,"odd":true}"#)
            _ = try await fixture.query("balances")
        }
        let edited = AppFixture(
            Self.bank(fee: 1).files.values.joined().replacing("e.data.bad", with: "e.data.odd")
        )
        for round in 1...2 {
            try await withHost(edited, log: log, options: options) { fixture in
                try await fixture.until("balances", is: "stopped") { $0.state == .stopped }
                let status = try await fixture.status(of: "balances")
                #expect(status.rebuild?.position == 1 && status.position == 2)
                // The first event is in the new rows since the first of the two hosts.
                #expect(status.steps == (round == 1 ? 1 : 0))
                #expect(status.lastFailure?.summary.contains("account b is bad") == true)
                let rows = String(decoding: try await now(fixture).result, as: UTF8.self)
                #expect(rows == #"[{"account":"a","balance":5},{"account":"b","balance":7}]"#)
                let asked = await #expect(throws: RuntimeError.self) {
                    try await fixture.host.query("balances", parameters: [], after: 3)
                }
                #expect(asked?.code == "projection-stopped")
            }
        }
        // Back to what it was: the rows that answered all along are the right ones.
        try await withHost(Self.bank(), log: log, options: options) { fixture in
            let status = try await fixture.status(of: "balances")
            #expect(status.rebuild == nil)
            #expect(try files(in: folder) == ["balances.g1.sqlite"])
        }
    }

    @Test func `a rebuild that was asked for takes the place of rows that are the same`() async throws {
        let folder = try TemporaryFolder()
        try await withHost(Self.bank(), options: .init(readModelFolder: folder.path)) { fixture in
            try await deposit(Array(1...2_600), in: fixture.log)
            let rows = try await fixture.query("balances")
            try await fixture.host.pause(processor: "balances")
            try await fixture.host.rebuild(processor: "balances")
            let progress = try #require(try await fixture.status(of: "balances").rebuild)
            #expect(progress.reason == .asked && progress.position == 0 && progress.target == 2_600)
            let again = await #expect(throws: RuntimeError.self) {
                try await fixture.host.rebuild(processor: "balances")
            }
            #expect(again?.code == "rebuild-running")
            #expect(again?.description.hasSuffix("generation 2 is at position 0 of 2600 (0 %)") == true)
            #expect(try await fixture.status(of: "balances").state == .paused)
            try await fixture.host.resume(processor: "balances")
            try await fixture.until("balances", is: "built anew") { $0.generation == 2 && $0.rebuild == nil }
            #expect(try await fixture.query("balances") == rows)
            #expect(try await now(fixture).position == 2_600)
            #expect(try await fixture.status(of: "balances").steps == 5_200)
            try await fixture.host.rebuild(processor: "balances")
            try await fixture.until("balances", is: "built anew") { $0.generation == 3 && $0.rebuild == nil }
            #expect(try files(in: folder) == ["balances.g3.sqlite"])
        }
    }

    @Test func `while rows are built as asked, those that answer get their turn`() async throws {
        let log = InterceptedLog(over: MemoryLog())
        try await withHost(Self.bank(), log: log) { fixture in
            try await deposit(Array(1...5_000), in: log)
            _ = try await fixture.query("balances")
            let before = log.reads.count
            try await fixture.host.rebuild(processor: "balances")
            try await fixture.until("balances", is: "built anew") { $0.generation == 2 }
            let turns = log.reads.dropFirst(before).filter { read in
                if case .query(let query) = read.filter { query.category == "account" } else { false }
            }.map(\.after)
            let expected: [Position] = [5_000, 0, 5_000, 1_024, 5_000, 2_048, 5_000, 3_072, 5_000, 4_096]
            #expect(Array(turns.prefix(expected.count)) == expected)
        }
    }

    @Test func `a rebuild that can't be finished is given up, and the rows that answer go on`() async throws {
        let folder = try TemporaryFolder()
        let log = InterceptedLog(over: MemoryLog())
        try await withHost(Self.bank(), log: log, options: .init(readModelFolder: folder.path)) { fixture in
            try await fixture.append(#"account-a Deposited {"amount":5}"#)
            _ = try await fixture.query("balances")
            log.failReads(with: .closed, where: Self.beginsRows)
            try await fixture.host.rebuild(processor: "balances")
            try await fixture.until("balances", is: "given up") { $0.rebuild == nil }
            let status = try await fixture.status(of: "balances")
            #expect(status.state == .running && status.generation == 1)
            #expect(status.lastFailure?.code == "log-closed")
            try await fixture.append(#"account-a Deposited {"amount":2}"#)
            #expect(try await fixture.query("balances") == #"[{"account":"a","balance":7}]"#)
            #expect(try files(in: folder) == ["balances.g1.sqlite"])
        }
    }

    @Test func `rows of another log are mended by a rebuild`() async throws {
        let folder = try TemporaryFolder()
        let options = HostFixture.Options(readModelFolder: folder.path)
        try await withHost(Self.bank(), options: options) { fixture in
            try await deposit([1, 2, 3], in: fixture.log)
            _ = try await fixture.query("balances")
        }
        try await withHost(Self.bank(), options: options) { fixture in
            try await fixture.until("balances", is: "stopped") { $0.state == .stopped }
            #expect(try await fixture.status(of: "balances").lastFailure?.code == "read-model-ahead")
            try await fixture.host.rebuild(processor: "balances")
            try await fixture.until("balances", is: "built anew") {
                $0.generation == 2 && $0.state == .running
            }
            try await deposit([4], in: fixture.log)
            #expect(try await fixture.query("balances") == #"[{"account":"a","balance":4}]"#)
        }
    }

    @Test func `each of several projections goes on by itself`() async throws {
        let more = (1...3).map { number in
            """
            projection "copy-\(number)" {
              on = "account.*", retry = { attempts = 1 }, tables = { copies_\(number) = "n integer" },
              run = function(e, db)
                if e.data.amount == \(number) then error("not this one") end
                db.exec("insert into copies_\(number) values (?)", e.data.amount)
              end,
            }
            query "copies-\(number)" { run = function(db)
              return db.row("select count(*) as n from copies_\(number)") end }
            """
        }
        try await withHost(Self.bank(more: more.joined(separator: "\n"))) { fixture in
            try await deposit(Array(2...1_500), in: fixture.log)
            // The first meets no event that it can't take; the others stop, each at its own.
            #expect(try await fixture.query("copies-1") == #"{"n":1499}"#)
            try await fixture.until("copy-2", is: "stopped") { $0.state == .stopped && $0.position == 0 }
            try await fixture.until("copy-3", is: "stopped") { $0.state == .stopped && $0.position == 1 }
            try await fixture.host.rebuild(processor: "copy-1")
            try await fixture.until("copy-1", is: "built anew") { $0.generation == 2 }
            #expect(try await fixture.query("balances") == #"[{"account":"a","balance":1125749}]"#)
            #expect(try await fixture.status(of: "copy-2").lagEvents == 1_499)
        }
    }

    @Test(arguments: [
        ("count", "not-rebuildable"), ("$timers", "not-rebuildable"), ("nobody", "unknown-processor"),
    ])
    func `only projections can be built anew`(name: String, code: String) async throws {
        let handler = #"handler "count" { on = "account.*", run = function() end }"#
        try await withHost(Self.bank(more: handler)) { fixture in
            let error = await #expect(throws: RuntimeError.self) {
                try await fixture.host.rebuild(processor: name)
            }
            #expect(error?.code == code)
        }
    }
}

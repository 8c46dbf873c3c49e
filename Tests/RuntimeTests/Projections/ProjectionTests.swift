import EventLog
import Runtime
import TestSupport
import Testing

@Suite(.unlessItHangs) struct ProjectionTests {
    /// Balances of accounts, a deposit less its fee; an event whose data says `bad` makes it fail.
    static func bank(fee: Int = 0, retry: String = "attempts = 1") -> AppFixture {
        """
        projection "balances" {
          on = "account.*", where = function(e) return e.type ~= "Noted" end, retry = { \(retry) },
          tables = { balances = "account text primary key, balance integer, changes integer" },
          run = function(e, db)
            local amount = e.type == "Deposited" and e.data.amount - \(fee) or -e.data.amount
            db.exec([[insert into balances values (?1, ?2, 1)
                      on conflict (account) do update set balance = balance + ?2, changes = changes + 1]],
                    e.key, amount)
            if e.data.bad then error("amount of account " .. e.key .. " is bad") end
          end,
        }
        query "balances" { run = function(db) return db.rows("select * from balances order by account") end }
        """
    }

    private func rows(_ fixture: HostFixture) async throws -> String { try await fixture.query("balances") }

    @Test func `rows follow the events`() async throws {
        try await withHost(Self.bank()) { fixture in
            try await fixture.append(
                #"account-a Deposited {"amount":5}"#,
                #"account-b Deposited {"amount":2}"#
            )
            try await fixture.append(
                #"account-a Withdrawn {"amount":1}"#,
                "account-a Noted",
                "other-a Deposited"
            )
            #expect(
                try await rows(fixture)
                    == #"[{"account":"a","balance":4,"changes":2},{"account":"b","balance":2,"changes":1}]"#
            )
        }
    }

    @Test func `rows are those of a fold of the log, whatever the pages`() async throws {
        try await withHost(Self.bank()) { fixture in
            var balances: [Int: (balance: Int, changes: Int)] = [:]
            for page in 0..<4 {
                let events = try (0..<250).map { n in
                    let (account, amount) = (n % 9, page * 3 + n % 5)
                    balances[account, default: (0, 0)].balance += amount
                    balances[account, default: (0, 0)].changes += 1
                    return try EventText.event(#"account-\#(account) Deposited {"amount":\#(amount)}"#)
                }
                _ = try await fixture.host.commit(NewFrame(events: events))
            }
            let expected = balances.sorted { $0.key < $1.key }.map { account, row in
                #"{"account":"\#(account)","balance":\#(row.balance),"changes":\#(row.changes)}"#
            }
            #expect(try await rows(fixture) == "[\(expected.joined(separator: ","))]")
        }
    }

    @Test func `a restart goes on from the checkpoint, and applies nothing twice`() async throws {
        let log = MemoryLog()
        let folder = try TemporaryFolder()
        for round in 1...3 {
            try await withHost(Self.bank(), log: log, options: .init(readModelFolder: folder.path)) {
                fixture in
                #expect(try await fixture.status(of: "balances").position == UInt64(round - 1))
                try await fixture.append(#"account-a Deposited {"amount":5}"#)
                #expect(
                    try await rows(fixture)
                        == #"[{"account":"a","balance":\#(5 * round),"changes":\#(round)}]"#
                )
                #expect(try await fixture.status(of: "balances").steps == 1)
            }
        }
    }

    @Test func `a failing projection stops, keeps what was before, and says why`() async throws {
        try await withHost(Self.bank()) { fixture in
            try await fixture.append(
                #"account-a Deposited {"amount":5}"#,
                #"account-b Deposited {"amount":1,"bad":true}"#,
                #"account-c Deposited {"amount":1}"#
            )
            try await fixture.until("balances", is: "stopped") { $0.state == .stopped }
            let status = try await fixture.status(of: "balances")
            #expect(status.position == 1)
            #expect(status.lagEvents == 2)
            let failure = try #require(status.lastFailure)
            #expect(failure.summary.contains("amount of account b is bad"))
            #expect(failure.context == "projection balances on Deposited, position 2 of account-b")
            let answer = try await fixture.host.query("balances", parameters: [])
            #expect(
                String(decoding: answer.result, as: UTF8.self)
                    == #"[{"account":"a","balance":5,"changes":1}]"#
            )
            #expect(answer.position == 1)
        }
    }

    @Test func `a projection that stopped tries again when it is resumed, and only then`() async throws {
        try await withHost(Self.bank()) { fixture in
            try await fixture.append(#"account-b Deposited {"amount":1,"bad":true}"#)
            try await fixture.until("balances", is: "stopped") { $0.state == .stopped }
            try await fixture.append(#"account-c Deposited {"amount":1}"#)
            #expect(try await fixture.status(of: "balances").position == 0)
            try await fixture.host.resume(processor: "balances")
            try await fixture.until("balances", is: "stopped again") { $0.state == .stopped }
            #expect(try await fixture.status(of: "balances").position == 0)
        }
    }

    @Test func `a failing event is retried after the waits of the policy before the projection stops`()
        async throws
    {
        try await withHost(Self.bank(retry: #"attempts = 3, first = "100ms", max = "1s""#)) { fixture in
            try await fixture.append(#"account-b Deposited {"amount":1,"bad":true}"#)
            for wait: Int64 in [113_591, 160_160] {
                try await fixture.clock.untilSleeping(1)
                #expect(fixture.clock.sleepers == [wait])
                #expect(try await fixture.status(of: "balances").state == .retrying)
                fixture.clock.advance(by: wait)
            }
            try await fixture.until("balances", is: "stopped") { $0.state == .stopped }
            #expect(fixture.clock.sleepers.isEmpty)
        }
    }

    @Test func `a corrected rule goes on where the failing one stopped`() async throws {
        let log = MemoryLog()
        try await withHost(Self.bank(), log: log) { fixture in
            try await fixture.append(
                #"account-a Deposited {"amount":5}"#,
                #"account-b Deposited {"amount":1,"bad":true}"#
            )
            try await fixture.until("balances", is: "stopped") { $0.state == .stopped }
        }
        let corrected = AppFixture(
            files: Self.bank().files.mapValues { $0.replacing("if e.data.bad", with: "if false") }
        )
        try await withHost(corrected, log: log) { fixture in
            let rows = try await rows(fixture)
            #expect(
                rows == #"[{"account":"a","balance":5,"changes":1},{"account":"b","balance":1,"changes":1}]"#
            )
        }
    }

    @Test(arguments: [
        (#"emit("a-1", "A")"#, "emit works in an aggregate's command and in a handler"),
        (#"send("counter", "1", "add")"#, "send works in a handler"),
        (#"command("counter", "1", "add")"#, "command works in a handler"),
        (#"db.exec("drop table rows_seen")"#, ""),
        (#"db.exec("insert into nowhere values (1)")"#, ""),
        (#"db.exec("insert into rows_seen values (?)", {})"#, "a parameter of SQL must be a text, a number"),
        (#"db.exec("insert into rows_seen values (?, ?)", 1)"#, ""),
    ])
    func `a projection can only keep its own rows`(run: String, text: String) async throws {
        let app =
            Apps.counter + """
                projection "seen" {
                  on = "order.*", tables = { rows_seen = "n integer" }, retry = { attempts = 1 },
                  run = function(e, db) \(run) end,
                }
                query "seen" { run = function(db) return db.rows("select * from rows_seen") end }
                """
        try await withHost(app) { fixture in
            try await fixture.append("order-1 Placed")
            try await fixture.until("seen", is: "stopped") { $0.state == .stopped }
            let failure = try #require(try await fixture.status(of: "seen").lastFailure)
            #expect(failure.summary.contains(text))
            #expect(failure.file == "app.lua")
            #expect(failure.line == 20)
            #expect(try fixture.events() == ["order-1 Placed"])
            let answer = try await fixture.host.query("seen", parameters: [])
            #expect(String(decoding: answer.result, as: UTF8.self) == "[]")
        }
    }

    @Test func `a projection reads its own rows, with every kind of value`() async throws {
        let app: AppFixture = """
            projection "kinds" {
              on = "order.*", tables = { kinds = "n integer, r real, t text, b integer, gone text" },
              run = function(e, db)
                local changed = db.exec("insert into kinds values (?, ?, ?, ?, ?)", 1, 2.5, "x", true, nil)
                local row = db.row("select n, r, t, b, gone from kinds")
                local numbers = changed == 1 and row.n == 1 and row.r == 2.5 and row.b == 1
                if not numbers or row.t ~= "x" or row.gone ~= nil then error("not what was written") end
                if db.row("select n from kinds where n = 9") ~= nil then error("a row that isn't there") end
              end,
            }
            query "kinds" { run = function(db) return db.rows("select * from kinds") end }
            """
        try await withHost(app) { fixture in
            try await fixture.append("order-1 Placed")
            #expect(try await fixture.query("kinds") == #"[{"b":1,"n":1,"r":2.5,"t":"x"}]"#)
        }
    }
}

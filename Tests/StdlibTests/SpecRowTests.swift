import Runtime
import TestSupport
import Testing

/// `expect.query` and `expect.rows`: what projections make of a spec's events.
@Suite struct SpecRowTests {
    private static let app: AppFixture = """
        aggregate "account" {
          initial = { balance = 0 },
          commands = {
            deposit = function(_, args) emit("Deposited", { amount = args.amount }) end,
          },
          events = { Deposited = function(account, e) account.balance = account.balance + e.data.amount end },
        }
        event "account.Opened" { version = 2, fields = { owner = "string" } }
        upcast("account.Opened", 1, function(data) data.owner = data.name return data end)

        handler "bonus" { on = "account.Opened", run = function(e)
          command("account", e.key, "deposit", { amount = 5 })
        end }

        projection "balances" {
          on = { "account.Deposited", "account.Opened" },
          tables = { balances = "account text primary key, owner text, balance integer not null default 0" },
          run = function(e, db)
            if e.type == "Opened" then
              db.exec("insert into balances (account, owner) values (?, ?)", e.key, e.data.owner)
            else
              db.exec([[insert into balances (account, balance) values (?1, ?2)
                        on conflict do update set balance = balance + ?2]], e.key, e.data.amount)
            end
          end,
        }
        projection "log" {
          on = "*.*", tables = { log = "position integer primary key, text, by, at" },
          where = function(e) return e.type ~= "Quiet" end,
          run = function(e, db)
            if e.data.bad then error("it is bad") end
            db.exec("insert into log values (?, ?, ?, ?)", e.position, e.type, e.meta.by, e.time)
          end,
        }
        query "balance" { params = { account = "string" }, run = function(db, p)
          return db.row("select * from balances where account = ?", p.account)
        end }
        query "total" { run = function(db) return db.row("select sum(balance) as n from balances").n end }
        query "texts" { run = function(db) return db.rows("select text from log order by position") end }
        query "broken" { run = function(db) return db.rows("select * from nowhere") end }
        """

    private static let query = #"expect.query("balance", { account = "ada" }"#
    private static let opened = #"given("account-ada", { "Opened", { owner = "Ada" } }) "#

    @Test(arguments: [
        opened
            + query + #", { account = "ada", owner = "Ada", balance = 0 })"#,
        opened + #"expect.query("balance", { account = "bob" }, nil)"#,
        opened + #"expect.equal(expect.query("balance", { account = "ada" }).owner, "Ada")"#,
        #"given("account-ada", { "Opened", { name = "Ada" }, schema = 1 }) "#
            + #"expect.rows("balances", { account = "ada", owner = "Ada", balance = 0 })"#,
        #"when("account-ada", { "Opened", { owner = "Ada" } }) expect("account-ada", { "Deposited" }) "#
            + #"expect.query("total", {}, 5) when("account-ada", "deposit", { amount = 2 }) "#
            + #"expect.query("total", nil, 7)"#,
        #"expect.rows("balances") "# + opened
            + #"expect.rows("balances", { account = "ada", owner = "Ada", balance = 0 })"#,
        #"given("account-b", { "Deposited", { amount = 1 } }) "#
            + #"given("account-a", { "Deposited", { amount = 2 } }) "#
            + #"expect.rows("balances", { account = "a", balance = 2 }, { account = "b", balance = 1 })"#,
        #"given("x-1", { "Quiet" }, { "Loud" }) expect.query("texts", {}, { { text = "Loud" } })"#,
        #"given.now(7) when("account-a", "deposit", { amount = 1 }) "#
            + #"expect.rows("log", { position = 1, text = "Deposited", by = "account.deposit", at = 7 })"#,
        #"when("account-ada", { "Opened", { owner = "Ada" } }) expect.equal("#
            + #"expect.query("texts"), { { text = "Opened" }, { text = "Deposited" } })"#,
    ])
    func `a spec that tells what the rows are holds`(body: String) throws {
        #expect(try SpecBench.failure(Self.app, body)?.text == nil)
    }

    @Test(arguments: [
        (
            opened
                + query + #", { account = "ada", owner = "Ida", balance = 0 })"#,
            #"expect.query: balance: owner is "Ada", it should be "Ida"; "#
                + #"it answers {"account":"ada","balance":0,"owner":"Ada"}"#
        ),
        (
            opened + #"expect.query("balance", { account = "bob" }, { balance = 0 })"#,
            #"expect.query: balance answers nothing; it should answer {"balance":0}"#
        ),
        (
            opened + #"expect.query("total", {}, nil)"#,
            "expect.query: total answers 0; it should answer nothing"
        ),
        (
            opened + #"expect.rows("balances", { account = "ada", owner = "Ada", balance = 1 })"#,
            #"expect.rows: a row of balances is {"account":"ada","balance":0,"owner":"Ada"}; it should be "#
                + #"{"account":"ada","balance":1,"owner":"Ada"}: balance is 0, it should be 1"#
        ),
        (
            opened + #"expect.rows("balances")"#,
            #"expect.rows: balances has {"account":"ada","balance":0,"owner":"Ada"}; it should have no row"#
        ),
        (
            #"given("x-1", { "A" }, { "B" }) expect.rows("log", "#
                + #"{ position = 1, text = "A", at = 1767225600000 })"#,
            #"expect.rows: log has {"at":1767225600000,"position":2,"text":"B"}; "#
                + #"it should have no row beside the other rows"#
        ),
        (#"expect.query("balanc", {}, nil)"#, #"there is no query balanc; did you mean "balance"?"#),
        (#"expect.query("balance", {}, nil)"#, "query balance needs the parameter account, of kind string"),
        (#"expect.query("balance", { acount = "a" })"#, #"query balance has no parameter "acount""#),
        (#"expect.rows("balance")"#, #"there is no table balance; did you mean "balances"?"#),
        (#"expect.rows("balances", 5)"#, "expect.rows needs rows such as"),
        (#"expect.query(5)"#, "expect.query needs the name of a query"),
    ])
    func `a spec that tells something else says what is different`(body: String, summary: String) throws {
        let failure = try #require(try SpecBench.failure(Self.app, body))
        #expect(failure.summary.hasPrefix(summary), "\(failure.text)")
        #expect(failure.file == "rules_spec.lua")
    }

    @Test func `a projection that fails is told with its own lines`() throws {
        let body = #"given("x-1", { "A" }, { "B", { bad = true } }) expect.query("texts")"#
        let failure = try #require(try SpecBench.failure(Self.app, body))
        #expect(failure.summary == "it is bad")
        #expect(failure.file == "app.lua" && failure.code == "script-error")
        #expect(failure.text.contains("in projection log on B, position 2 of x-1"), "\(failure.text)")
        #expect(failure.text.hasSuffix("in spec it"), "\(failure.text)")
    }

    @Test func `a query that fails is told with its own lines`() throws {
        let failure = try #require(try SpecBench.failure(Self.app, #"expect.query("broken")"#))
        #expect(failure.file == "app.lua" && failure.summary.contains("nowhere"), "\(failure.text)")
    }

    @Test func `rows of more events than a page are all there`() throws {
        let body = """
            for n = 1, 700 do given("account-" .. n % 3, { "Deposited", { amount = n } }) end
            expect.query("total", {}, 245350)
            """
        #expect(try SpecBench.failure(Self.app, body)?.text == nil)
    }
}

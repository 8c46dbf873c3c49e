import ReadModels
import Testing

@Suite struct GuardTests {
    @Test(
        arguments: [
            "drop table balances", "create table t (x)", "create index i on balances (balance)",
            "create temp table t (x)", "create view v as select 1", "alter table balances add column x",
            "create trigger r after insert on balances begin delete from balances; end",
            "pragma user_version = 1", "pragma wal_checkpoint", "attach ':memory:' as x", "detach main",
            "vacuum",
            "begin", "commit", "rollback", "end", "savepoint s", "release s", "analyze", "reindex",
            "select * from sqlite_master", "insert into sqlite_master values (1, 2, 3, 4, 5)",
            "select * from _perilune_checkpoint", "update _perilune_checkpoint set position = 9",
            "update _perilune_checkpoint set position = ? where position = ?",
            "select count(*) from _perilune_checkpoint", "delete from main._PERILUNE_checkpoint",
            "insert into balances select identity, 1 from _perilune_checkpoint",
            "select * from pragma_table_list", "select load_extension('x')",
            "select sqlite_compileoption_get(1)",
            "select random()", "insert into balances values (randomblob(9), 1)", "select current_timestamp",
        ],
        [true, false]
    )
    func `scripts can't reach beyond the rows of declared tables`(sql: String, writes: Bool) throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let model = try fixture.openBalances()
        // From here on the host's own statements are compiled and kept, for a script to come by.
        try model.apply(from: 0, to: 1) { try $0.deposit(1, to: "a") }
        let parameters = sql.contains("?") ? [SQLValue.integer(9), .integer(1)] : []
        let error = failure {
            if writes {
                try model.apply(from: 1, to: 2) { _ = try $0.execute(sql, parameters) }
            } else {
                try fixture.store.read { _ = try $0.rows(sql, parameters) }
            }
        }
        let codes: Set<String?> = ["sql-not-allowed", "read-model-unknown-table", "sql-error"]
        #expect(codes.contains(error?.code), "\(String(describing: error))")
        #expect(model.checkpoint == 1)
        try model.apply(from: 1, to: 2) { try $0.deposit(1, to: "a") }
        #expect(try fixture.rows("select * from balances") == [[.text("a"), .integer(2)]])
    }

    @Test(arguments: [
        "insert into balances values ('a', 1)", "update balances set balance = 1", "delete from balances",
        "replace into balances values ('a', 1)", "delete from balances returning *",
        "with x as (select 1) insert into balances select 'a', 1 from x",
    ])
    func `a query can't change rows`(sql: String) throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        _ = try fixture.openBalances()
        let error = failure { try fixture.store.read { _ = try $0.rows(sql) } }
        #expect(error == .notAllowed(sql, reason: "a query can't change rows"))
    }

    @Test(arguments: ["select * from others", "insert into others values (1)", "delete from others"])
    func `a projection can't touch another's tables`(sql: String) throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let model = try fixture.openBalances()
        _ = try fixture.store.open(.one("others", table: "others"))
        let error = failure { try model.apply(from: 0, to: 1) { _ = try $0.execute(sql) } }
        #expect(error == .unknownTable("others", known: ["balances"]))
        #expect(error?.hint == "there are: balances")
    }

    @Test(arguments: [
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 5) select count(*) from n",
        "select count(*) from balances", "select 1",
        "select (select count(*) from (select 1 union select 2))",
        "select sum(value) from json_each('[1,2]')", "select count(*) from json_tree('{\"a\":[1]}')",
        "select upper(account), row_number() over (order by balance) from balances -- comment",
        " ; select 1 ; ; /* c */ ", "explain query plan select * from balances",
    ])
    func `ordinary selections work in steps and in queries`(sql: String) throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let model = try fixture.openBalances()
        try model.apply(from: 0, to: 1) { _ = try $0.rows(sql) }
        _ = try fixture.rows(sql)
    }

    @Test(arguments: [
        "select 1; select 2", "select 1; drop table balances", "delete from balances; nonsense",
        "select 1; ; select 2",
    ])
    func `several statements at once are refused`(sql: String) throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let model = try fixture.openBalances()
        let error = failure { try model.apply(from: 0, to: 1) { _ = try $0.execute(sql) } }
        #expect(error == .notAllowed(sql, reason: "only one statement at a time is allowed"))
    }

    @Test(arguments: ["", " ", ";", "-- nothing"])
    func `no statement is an error`(sql: String) throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let model = try fixture.openBalances()
        let error = failure { try model.apply(from: 0, to: 1) { _ = try $0.execute(sql) } }
        #expect(error == .sql(sql, reason: "there is no statement"))
    }

    @Test func `nothing can hide behind a NUL, and no statement is endless`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let model = try fixture.openBalances()
        try model.apply(from: 0, to: 1) { writer in
            for sql in [
                "select 1\0; drop table balances", "select '" + String(repeating: "x", count: 1 << 20) + "'",
            ] {
                #expect(failure { _ = try writer.rows(sql) }?.code == "sql-not-allowed")
            }
        }
    }

    @Test(arguments: [[], [.integer(1)], [.integer(1), .integer(2), .integer(3)]] as [[SQLValue]])
    func `values must be as many as question marks`(values: [SQLValue]) throws {
        let sql = "insert into balances values (?, ?)"
        let fixture = try Fixture()
        defer { fixture.close() }
        let model = try fixture.openBalances()
        let error = failure { try model.apply(from: 0, to: 1) { _ = try $0.execute(sql, values) } }
        #expect(error == .parameters(sql, expected: 2, given: values.count))
        #expect(
            error?.description == "the statement has 2 `?` and was given \(values.count) values: `\(sql)`"
        )
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `what is not finite is refused, not turned into null`(number: Double) throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let model = try fixture.openBalances()
        let error = failure {
            try model.apply(from: 0, to: 1) { _ = try $0.rows("select ?", [.real(number)]) }
        }
        #expect(error == .sql("select ?", reason: "NaN and infinity can't be stored"))
    }

    @Test func `text that isn't UTF-8 is an error, not repaired`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let error = failure { _ = try fixture.rows("select cast(x'ff' as text) as broken") }
        #expect(error?.description.hasPrefix("column broken is not UTF-8 text") == true)
    }
}

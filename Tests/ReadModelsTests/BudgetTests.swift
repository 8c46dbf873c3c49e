import ReadModels
import Testing

@Suite struct BudgetTests {
    private static let endless =
        "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n"

    private var small: ReadModelLimits {
        var limits = ReadModelLimits()
        limits.statementInstructionsMax = 100_000
        limits.rowsMax = 10
        limits.bytesMax = 100_000
        limits.preparedStatementsMax = 4
        return limits
    }

    @Test(arguments: Place.allCases)
    func `an endless query is stopped`(place: Place) throws {
        let fixture = try Fixture(place, limits: small)
        defer { fixture.close() }
        let error = failure { _ = try fixture.rows(Self.endless) }
        #expect(error == .budget(Self.endless, limit: 100_000))
        #expect(error?.code == "sql-budget")
        #expect(
            error?.description
                == "the statement took more than 100000 instructions and was stopped: `\(Self.endless)`"
        )
        #expect(try fixture.rows("select 1") == [[.integer(1)]])
    }

    @Test(
        arguments: Place.allCases,
        [
            "insert into balances "
                + "with recursive n(i) as (select 1 union select i + 1 from n) select i, 1 from n",
            endless,
        ]
    )
    func `an endless step is undone, even if its script catches the error`(place: Place, sql: String) throws {
        let fixture = try Fixture(place, limits: small)
        defer { fixture.close() }
        let model = try fixture.openBalances()
        let error = failure {
            try model.apply(from: 0, to: 1) { writer in
                try writer.deposit(1, to: "a")
                #expect(failure { _ = try writer.execute(sql) }?.code == "sql-budget")
                #expect(failure { try writer.deposit(1, to: "b") }?.code == "sql-budget")
            }
        }
        #expect(error == .budget(sql, limit: 100_000))
        #expect(model.checkpoint == 0)
        #expect(try fixture.rows("select * from balances").isEmpty)
        try model.apply(from: 0, to: 1) { try $0.deposit(1, to: "a") }
        #expect(model.checkpoint == 1)
    }

    @Test(arguments: Place.allCases)
    func `a statement that runs for too long is stopped, and so is its step`(place: Place) throws {
        var limits = ReadModelLimits()
        limits.statementMillisecondsMax = 0
        let fixture = try Fixture(place, limits: limits)
        defer { fixture.close() }
        let error = failure { _ = try fixture.rows(Self.endless) }
        #expect(error == .timeout(Self.endless, milliseconds: 0))
        #expect(error?.code == "sql-timeout")
        #expect(try fixture.rows("select 1") == [[.integer(1)]])
        let model = try fixture.openBalances()
        let step = failure {
            try model.apply(from: 0, to: 1) { writer in
                try writer.deposit(1, to: "a")
                #expect(failure { _ = try writer.rows(Self.endless) }?.code == "sql-timeout")
            }
        }
        #expect(step == .timeout(Self.endless, milliseconds: 0))
        #expect(try fixture.rows("select * from balances").isEmpty)
    }

    @Test(arguments: ["like", "glob"])
    func `a pattern that could take for ever is refused`(word: String) throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let error = failure {
            _ = try fixture.rows("select 'aa' \(word) ?", [.text(String(repeating: "%a*a", count: 300))])
        }
        #expect(error?.description.contains("LIKE or GLOB pattern too complex") == true)
    }

    @Test func `each statement has its own budget`() throws {
        let fixture = try Fixture(limits: small)
        defer { fixture.close() }
        let model = try fixture.openBalances()
        try model.apply(from: 0, to: 1) { writer in
            for step in 1...10_000 { try writer.deposit(Int64(step), to: "a") }
            #expect(try writer.row("select balance from balances")?.values == [.integer(50_005_000)])
        }
    }

    @Test func `more rows than the limit are an error, as many are not`() throws {
        let fixture = try Fixture(limits: small)
        defer { fixture.close() }
        let count = { (rows: Int) in
            "with recursive n(i) as (select 1 union select i + 1 from n where i < \(rows)) select i from n"
        }
        #expect(try fixture.rows(count(10)).count == 10)
        #expect(
            failure { _ = try fixture.rows(count(11)) } == .resultTooLarge(count(11), limit: 10, unit: "rows")
        )
        #expect(try fixture.store.read { try $0.row(count(11))?.values } == [.integer(1)])
    }

    @Test func `large values are refused where they arise, and large results while they are read`() throws {
        let fixture = try Fixture(limits: small)
        defer { fixture.close() }
        #expect(
            failure { _ = try fixture.rows("select zeroblob(200000)") }?.description.contains("too big")
                == true
        )
        let parameter = SQLValue.text(String(repeating: "x", count: 200_000))
        #expect(
            failure { _ = try fixture.rows("select ?", [parameter]) }?.description.contains("too big") == true
        )
        let sql = "select zeroblob(60000) union all select zeroblob(60001)"
        #expect(failure { _ = try fixture.rows(sql) } == .resultTooLarge(sql, limit: 100_000, unit: "bytes"))
    }

    @Test func `a script that never repeats a statement is served all the same`() throws {
        let fixture = try Fixture(limits: small)
        defer { fixture.close() }
        let model = try fixture.openBalances()
        try model.apply(from: 0, to: 1) { writer in
            for number in 0..<100 {
                let new = try writer.row("select \(number) as n")
                #expect(new?["n"] == .integer(Int64(number)))
                let repeated = try writer.row("select count(*) as n from balances")
                #expect(repeated?["n"] == .integer(0))
            }
        }
    }
}

import ReadModels
import Testing

@Suite struct DeclarationTests {
    @Test(arguments: [
        "", ".", "..", "../x", "a/b", "a\0b", "A", "-a", ".a", "é", "a b", "a%2e",
        String(repeating: "a", count: 101),
    ])
    func `a projection's name that isn't a plain file name is refused`(name: String) throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let store = fixture.store
        #expect(failure { _ = try store.open(.one(name, table: "t")) }?.code == "read-model-invalid-name")
        #expect(store.models.isEmpty)
    }

    @Test(arguments: ["a", "0", "order-summary", "a.b_c-1"])
    func `a plain name is taken`(name: String) throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        #expect(try fixture.store.open(.one(name, table: "t")).newest.name == name)
    }

    @Test(arguments: [
        "", "1a", "a-b", "a b", "a\"", "é", "main.t", "_perilune_checkpoint", "_Perilune_x", "sqlite_x",
        "SQLITE_master",
        "pragma_x", "dbstat",
    ])
    func `a table's name that isn't plain or belongs to the host is refused`(table: String) throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let store = fixture.store
        #expect(failure { _ = try store.open(.one("m", table: table)) }?.code == "read-model-invalid-name")
    }

    @Test(arguments: [
        "", "x integer,", "x) ; drop table t; --", "x); --", "x) as select (1",
        "x primary key, y primary key",
        "x default current_timestamp", "x default (RANDOM())",
    ])
    func `columns that make no table are refused, and nothing is left of the read model`(
        columns: String
    ) throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let error = failure { _ = try fixture.store.open(.one("m", table: "t", columns: columns)) }
        #expect(error?.code.hasPrefix("sql-") == true, "\(String(describing: error))")
        #expect(fixture.store.models.isEmpty)
        #expect(try fixture.store.open(.one("m", table: "t", columns: "x -- fine")).newest.checkpoint == 0)
    }

    @Test(arguments: Place.allCases)
    func `two projections can't keep tables of one name`(place: Place) throws {
        let fixture = try Fixture(place)
        defer { fixture.close() }
        let store = fixture.store
        _ = try store.open(.balances())
        let error = failure { _ = try store.open(.one("other", table: "Balances")) }
        #expect(error == .tableTaken("Balances", by: "balances"))
        #expect(
            error?.description
                == #"the table "Balances" is declared twice: projection "balances" has it already"#
        )
        let twice = ReadModelDeclaration(
            name: "twice",
            tables: [.init(name: "t", columns: "x"), .init(name: "T", columns: "x")],
            version: "1"
        )
        #expect(failure { _ = try store.open(twice) } == .tableTaken("T", by: "twice"))
        #expect(store.models.map(\.name) == ["balances"])
    }

    @Test func `a statement's read models are found by the tables that it names as words`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let store = fixture.store
        _ = try store.open(.balances())
        _ = try store.open(.one("orders", table: "order_lines"))
        let used = { (sql: String) in try store.read { $0.models(usedBy: sql).map(\.name) } }
        #expect(
            try used("select * from BALANCES b join \"order_lines\" using (x)") == ["balances", "orders"]
        )
        #expect(try used("select * from order_lines") == ["orders"])
        #expect(try used("select * from my_balances, balances2, order_lines_éx").isEmpty)
    }
}

import Foundation
import Synchronization
import Testing

@testable import ReadModels

@Suite struct ReadingTests {
    @Test(arguments: Place.allCases)
    func `readers see only what is committed, and nobody waits for anybody`(place: Place) throws {
        let fixture = try Fixture(place)
        defer { fixture.close() }
        let model = try fixture.openBalances()
        let total = { try fixture.rows("select coalesce(sum(balance), 0) from balances") }
        try fixture.store.read { session in
            #expect(try session.rows("select * from balances").isEmpty)
            // Both transactions are open on this one thread: a lock that either waited for would never be
            // free.
            try model.apply(from: 0, to: 1) { writer in
                try writer.deposit(5, to: "a")
                #expect(try total() == [[.integer(0)]])
            }
            #expect(try session.rows("select * from balances").isEmpty)
            #expect(try total() == [[.integer(5)]])
        }
        #expect(try total() == [[.integer(5)]])
    }

    @Test(arguments: Place.allCases)
    func `a query joins the tables of several projections`(place: Place) throws {
        let fixture = try Fixture(place)
        defer { fixture.close() }
        try fixture.openBalances().apply(from: 0, to: 1) { try $0.deposit(5, to: "a") }
        let owners = try fixture.store.open(
            .one("owners", table: "owners", columns: "account text, name text")
        ).newest
        try owners.apply(from: 0, to: 1) { _ = try $0.execute("insert into owners values ('a', 'Ada')") }
        let rows = try fixture.rows("select name, balance from balances join owners using (account)")
        #expect(rows == [[.text("Ada"), .integer(5)]])
    }

    @Test func `as many projections can be joined as SQLite attaches, and others be read after them`() throws
    {
        let fixture = try Fixture()
        defer { fixture.close() }
        for index in 0..<15 {
            let model = try fixture.store.open(.one("m\(index)", table: "t\(index)")).newest
            try model.apply(from: 0, to: 1) {
                _ = try $0.execute("insert into t\(index) values (?)", [.integer(Int64(index))])
            }
        }
        let limit = 10  // SQLITE_LIMIT_ATTACHED of Debian's build
        let join = { (tables: Range<Int>) in
            "select count(*) from " + tables.map { "t\($0)" }.joined(separator: ", ")
        }
        #expect(try fixture.rows(join(0..<limit)) == [[.integer(1)]])
        #expect(failure { _ = try fixture.rows(join(0..<(limit + 1))) } == .tooManyModels(limit: limit))
        // Each query alone, on one connection, makes room for the next.
        for index in 0..<15 {
            #expect(try fixture.rows("select x from t\(index)") == [[.integer(Int64(index))]])
        }
        #expect(try fixture.rows(join(5..<15)) == [[.integer(1)]])
        // Within one session every snapshot is held, so there is no room to make.
        let error = failure {
            try fixture.store.read { session in
                for index in 0..<15 { _ = try session.rows("select x from t\(index)") }
            }
        }
        #expect(error == .tooManyModels(limit: limit))
    }

    @Test func `a connection for reading can't write, whoever asks`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        _ = try fixture.openBalances()
        let reader = try Reader(catalog: Catalog(reading: fixture.store.models), limits: ReadModelLimits())
        #expect(throws: ReadModelError.self) {
            try reader.connection.transaction {
                try reader.attach(["balances"])
                _ = try reader.connection.execute("insert into balances values ('a', 1)", [], as: .host)
            }
        }
        #expect(try fixture.rows("select * from balances").isEmpty)
        try reader.connection.close()
    }

    @Test func `an unknown table is named, with those that there are`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        #expect(
            failure { _ = try fixture.rows("select * from t") }?.hint == "no projection declares a table yet"
        )
        _ = try fixture.openBalances()
        let error = failure { _ = try fixture.rows("select * from balance") }
        #expect(error == .unknownTable("balance", known: ["balances"]))
        #expect(error?.code == "read-model-unknown-table")
        #expect(error?.description == #"there is no table "balance" here"#)
    }

    @Test func `SQLite's own words come with the statement on one line`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        _ = try fixture.openBalances()
        let error = failure { _ = try fixture.rows("select acount\n   from balances") }
        #expect(error?.code == "sql-error")
        #expect(error?.description == "no such column: acount, in `select acount from balances`")
        #expect(
            failure { _ = try fixture.rows("selec 1") }?.description
                == "near \"selec\": syntax error, in `selec 1`"
        )
    }

    @Test func `a session is dead after its read, and the store after its end`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let model = try fixture.openBalances()
        let kept = try fixture.store.read { $0 }
        #expect(failure { _ = try kept.rows("select 1") } == .closed)
        #expect(throws: Failure()) { try fixture.store.read { _ in throw Failure() } }
        fixture.store.close()
        #expect(failure { _ = try fixture.rows("select 1") } == .closed)
        #expect(failure { _ = try fixture.openBalances() } == .closed)
        #expect(failure { try model.apply(from: 0, to: 1) { _ in } } == .closed)
    }

    @Test(arguments: Place.allCases)
    func `many threads read a consistent state while one writes`(place: Place) throws {
        let fixture = try Fixture(place)
        defer { fixture.close() }
        let store = fixture.store
        let model = try fixture.openBalances()
        let torn = Mutex(0)
        // Each step moves money; the sum is always zero.
        DispatchQueue.concurrentPerform(iterations: 8) { index in
            #expect(throws: Never.self) {
                for step in 0..<100 {
                    if index == 0 {
                        try model.apply(from: UInt64(step), to: UInt64(step + 1)) {
                            try $0.deposit(1, to: "a")
                            try $0.deposit(-1, to: "b")
                        }
                    } else {
                        let sums = try store.read { session in
                            [
                                try session.row("select coalesce(sum(balance), 0) from balances"),
                                try session.row("select coalesce(sum(balance), 0) from balances where 1"),
                            ].map { $0?.values }
                        }
                        if sums != [[.integer(0)], [.integer(0)]] { torn.withLock { $0 += 1 } }
                    }
                }
            }
        }
        #expect(torn.withLock { $0 } == 0)
        #expect(model.checkpoint == 100)
    }
}

extension Catalog {
    fileprivate init(reading models: [ReadModel]) {
        self.init()
        for model in models {
            let tables = model.tables.map { ReadModelDeclaration.Table(name: $0, columns: "") }
            let declaration = ReadModelDeclaration(name: model.name, tables: tables, version: "1")
            insert(Entry(declaration: declaration, answering: model))
        }
    }
}

import Foundation
import ReadModels
import Synchronization
import Testing

/// From the old rows to the new ones, as queries see it.
@Suite struct SwitchTests {
    @Test(arguments: Place.allCases)
    func `from one moment on the new rows answer, and the old file is gone`(place: Place) throws {
        let fixture = try Fixture(place)
        defer { fixture.close() }
        let old = try fixture.openBalances(version: "1")
        try old.apply(from: 0, to: 3) { try $0.deposit(5, to: "a") }
        #expect(try fixture.rows("select * from balances") == [[.text("a"), .integer(5)]])
        let new = try fixture.openBalances(version: "2")
        try new.apply(from: 0, to: 3) { try $0.deposit(7, to: "a") }
        try fixture.store.answerFromNew("balances")
        #expect(try fixture.rows("select * from balances") == [[.text("a"), .integer(7)]])
        #expect(new.answers)
        #expect(failure { try old.apply(from: 3, to: 4) { _ in } } == .closed)
        let opened = try fixture.store.open(.balances(version: "2"))
        #expect(opened.answering === new && opened.building == nil)
        if place == .folder {
            #expect(try fixture.files.filter { $0.hasSuffix(".sqlite") } == ["balances.g2.sqlite"])
        }
    }

    @Test func `a read sees the old rows to its end, also in tables that it comes to later`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        try fixture.openBalances(version: "1").apply(from: 0, to: 1) { try $0.deposit(5, to: "a") }
        try fixture.openBalances(version: "2").apply(from: 0, to: 1) { try $0.deposit(7, to: "a") }
        try fixture.store.read { session in
            try fixture.store.answerFromNew("balances")
            #expect(try session.row("select balance from balances")?.values == [.integer(5)])
            #expect(session.models(usedBy: "select * from balances").map(\.generation) == [1])
            #expect(try fixture.rows("select balance from balances") == [[.integer(7)]])
            #expect(try fixture.files.contains("balances.g1.sqlite"))
        }
        #expect(try fixture.files.filter { $0.hasPrefix("balances.g1") }.isEmpty)
        #expect(try fixture.rows("select balance from balances") == [[.integer(7)]])
    }

    @Test func `a crash in the middle of the switch finds what was before, or what is now`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        try fixture.openBalances(version: "1").apply(from: 0, to: 1) { try $0.deposit(5, to: "a") }
        try fixture.openBalances(version: "2").apply(from: 0, to: 1) { try $0.deposit(7, to: "a") }
        let balances = { (folder: String) throws -> [SQLValue]? in
            let store = try ReadModelStore(folder: folder)
            defer { store.close() }
            _ = try store.open(.balances(version: "2"))
            return try store.read { try $0.row("select balance from balances")?.values }
        }
        let (before, within) = (fixture.folder + "-before", fixture.folder + "-within")
        try FileManager.default.copyItem(atPath: fixture.folder, toPath: before)
        try fixture.store.answerFromNew("balances") {
            #expect(throws: Never.self) {
                try FileManager.default.copyItem(atPath: fixture.folder, toPath: within)
            }
        }
        #expect(try balances(before) == [.integer(5)])
        #expect(try balances(within) == [.integer(7)])
        let left = try FileManager.default.contentsOfDirectory(atPath: within)
        #expect(left.filter { $0.hasSuffix(".sqlite") } == ["balances.g2.sqlite"])
        for folder in [before, within] { try FileManager.default.removeItem(atPath: folder) }
    }

    @Test func `readers beside many switches never see rows of two generations, or none`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let declaration = ReadModelDeclaration(
            name: "stamps",
            tables: [
                .init(name: "lefts", columns: "stamp integer"),
                .init(name: "rights", columns: "stamp integer"),
            ],
            version: "1"
        )
        let rowCount = 50
        let fill = { @Sendable (model: ReadModel) throws -> Void in
            try model.apply(from: 0, to: 1) { writer in
                for table in ["lefts", "rights"] {
                    for _ in 0..<rowCount {
                        _ = try writer.execute(
                            "insert into \(table) values (?)",
                            [.integer(Int64(model.generation))]
                        )
                    }
                }
            }
        }
        try fill(try fixture.store.open(declaration).newest)
        let isOver = Mutex(false)
        let seen = Mutex<Set<[[SQLValue]]>>([])
        let errors = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            do {
                if thread == 0 {
                    defer { isOver.withLock { $0 = true } }
                    for _ in 0..<30 {
                        try fill(try fixture.store.rebuild("stamps"))
                        try fixture.store.answerFromNew("stamps")
                    }
                }
                while !isOver.withLock({ $0 }) {
                    let rows = try fixture.store.read { session in
                        try ["lefts", "rights"].map { table in
                            let sql = "select count(*), min(stamp), max(stamp) from \(table)"
                            return try session.row(sql)?.values ?? []
                        }
                    }
                    seen.withLock { _ = $0.insert(rows) }
                }
            } catch {
                errors.withLock { $0.append("\(error)") }
            }
        }
        #expect(errors.withLock { $0 }.isEmpty)
        let wrong = seen.withLock { $0 }.filter { rows in
            rows[0] != rows[1] || rows[0][0] != .integer(Int64(rowCount)) || rows[0][1] != rows[0][2]
        }
        #expect(wrong.isEmpty)
        #expect(try fixture.files.filter { $0.hasSuffix(".sqlite") } == ["stamps.g31.sqlite"])
    }

    @Test func `what older rows lack is being built, and a slip stays a slip`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        try fixture.store.open(.one("m", table: "t", columns: "x")).newest.apply(from: 0, to: 1) { _ in }
        let changed = ReadModelDeclaration(
            name: "m",
            tables: [.init(name: "t", columns: "x, y"), .init(name: "more", columns: "z")],
            version: "1"
        )
        _ = try fixture.store.open(changed)
        for sql in ["select y from t", "select a.Y from t a", "select * from more", "select * from t, More"] {
            #expect(failure { _ = try fixture.rows(sql) } == .building(model: "m"), "\(sql)")
        }
        #expect(failure { _ = try fixture.rows("select z from t") }?.code == "sql-error")
        #expect(failure { _ = try fixture.rows("select * from mor") }?.code == "read-model-unknown-table")
        #expect(try fixture.rows("select x from t").isEmpty)
        try fixture.store.answerFromNew("m")
        #expect(try fixture.rows("select y, z from t, more").isEmpty)
    }

    @Test func `older rows whose table is another projection's now don't answer`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let both = ReadModelDeclaration(
            name: "one",
            tables: [.init(name: "mine", columns: "x"), .init(name: "moving", columns: "x")],
            version: "1"
        )
        try fixture.store.open(both).newest.apply(from: 0, to: 1) { writer in
            for table in ["mine", "moving"] { _ = try writer.execute("insert into \(table) values (1)") }
        }
        _ = try fixture.store.open(.one("one", table: "mine"))
        #expect(try fixture.rows("select * from moving") == [[.integer(1)]])
        _ = try fixture.store.open(.one("two", table: "moving"))
        #expect(try fixture.rows("select * from moving").isEmpty)
        #expect(failure { _ = try fixture.rows("select * from mine, moving") } == .building(model: "one"))
        try fixture.store.answerFromNew("one")
        #expect(try fixture.rows("select * from mine, moving").isEmpty)
    }

    @Test func `a position that was passed counts until the rows go on`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let model = try fixture.openBalances()
        model.pass(to: 5)
        model.pass(to: 4)
        #expect([model.checkpoint, model.position] == [0, 5])
        try model.apply(from: 0, to: 9) { _ in }
        #expect([model.checkpoint, model.position] == [9, 9])
    }
}

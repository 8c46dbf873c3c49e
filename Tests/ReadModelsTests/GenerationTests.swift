import Foundation
import ReadModels
import Testing

@Suite struct GenerationTests {
    @Test func `a read model is found again where it was left`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        try fixture.openBalances().apply(from: 0, to: 3) { try $0.deposit(5, to: "a") }
        fixture.store.close()
        let again = try ReadModelStore(folder: fixture.folder)
        let model = try again.open(.balances()).newest
        #expect(model.checkpoint == 3)
        try model.apply(from: 3, to: 4) { try $0.deposit(5, to: "a") }
        #expect(try again.read { try $0.row("select balance from balances")?.values } == [.integer(10)])
        again.close()
    }

    @Test func `opening the same declaration twice gives the same read model`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        #expect(try fixture.openBalances() === fixture.openBalances())
    }

    @Test(arguments: Place.allCases)
    func `a changed version is built beside the old rows, which go on answering`(place: Place) throws {
        let fixture = try Fixture(place)
        defer { fixture.close() }
        let old = try fixture.openBalances(version: "1")
        try old.apply(from: 0, to: 3) { try $0.deposit(5, to: "a") }
        let opened = try fixture.store.open(.balances(version: "2"))
        let new = try #require(opened.building)
        #expect(opened.answering === old)
        #expect(!old.reflects(.balances(version: "2")) && new.reflects(.balances(version: "2")))
        #expect(new.checkpoint == 0 && !new.answers && old.answers)
        #expect(old.generation == 1 && new.generation == 2)
        try new.apply(from: 0, to: 1) { try $0.deposit(7, to: "b") }
        // Whoever has the old code may go on feeding the old rows.
        try old.apply(from: 3, to: 4) { try $0.deposit(1, to: "a") }
        #expect(try fixture.rows("select * from balances") == [[.text("a"), .integer(6)]])
    }

    @Test func `changed tables are built anew even if the version forgot them`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let old = try fixture.store.open(.one("m", table: "t", columns: "x")).newest
        try old.apply(from: 0, to: 1) { _ in }
        let opened = try fixture.store.open(.one("m", table: "t", columns: "x, y"))
        #expect(opened.building?.checkpoint == 0)
        try fixture.store.answerFromNew("m")
        #expect(try fixture.store.read { try $0.row("select y from t") } == nil)
    }

    @Test func `what was being built is gone on with after a restart`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        try fixture.openBalances(version: "1").apply(from: 0, to: 3) { try $0.deposit(5, to: "a") }
        try fixture.openBalances(version: "2").apply(from: 0, to: 2) { try $0.deposit(7, to: "b") }
        fixture.store.close()
        let again = try ReadModelStore(folder: fixture.folder)
        defer { again.close() }
        let opened = try again.open(.balances(version: "2"))
        #expect([opened.answering.checkpoint, opened.building?.checkpoint] == [3, 2])
        #expect(try again.read { try $0.row("select account from balances")?.values } == [.text("a")])
        try again.answerFromNew("balances")
        #expect(try again.read { try $0.row("select account from balances")?.values } == [.text("b")])
    }

    @Test(arguments: [("1", [1]), ("3", [1, 3])])
    func `another change gives up what was being built`(version: String, left: [Int]) throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        try fixture.openBalances(version: "1").apply(from: 0, to: 3) { try $0.deposit(5, to: "a") }
        try fixture.openBalances(version: "2").apply(from: 0, to: 2) { try $0.deposit(7, to: "b") }
        fixture.store.close()
        let again = try ReadModelStore(folder: fixture.folder)
        defer { again.close() }
        let opened = try again.open(.balances(version: version))
        #expect(opened.building?.checkpoint == (version == "1" ? nil : 0))
        #expect(opened.answering.checkpoint == 3)
        #expect(
            try fixture.files.filter { $0.hasSuffix(".sqlite") }.sorted()
                == left.map { "balances.g\($0).sqlite" }
        )
    }

    @Test func `a rebuild that was asked for is gone on with after a restart, or given up`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        try fixture.openBalances().apply(from: 0, to: 3) { try $0.deposit(5, to: "a") }
        let building = try fixture.store.rebuild("balances")
        #expect(try fixture.store.rebuild("balances") === building)
        try building.apply(from: 0, to: 2) { try $0.deposit(7, to: "b") }
        fixture.store.close()
        let again = try ReadModelStore(folder: fixture.folder)
        defer { again.close() }
        let opened = try again.open(.balances())
        #expect([opened.answering.checkpoint, opened.building?.checkpoint] == [3, 2])
        try again.abandonNew("balances")
        #expect(try again.open(.balances()).building == nil)
        #expect(try fixture.files.filter { $0.hasSuffix(".sqlite") } == ["balances.g1.sqlite"])
    }

    @Test func `what crashes leave behind is removed, and files of other read models are not`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        try fixture.openBalances(version: "1").apply(from: 0, to: 3) { try $0.deposit(5, to: "a") }
        _ = try fixture.store.open(.one("balances.g1", table: "other"))
        _ = try fixture.store.open(.one("balances-2", table: "another"))
        fixture.store.close()
        // A file without tables, and one of SQLite's without a database.
        for name in ["balances.g7.sqlite", "balances.g9.sqlite-wal"] {
            try Data().write(to: URL(filePath: "\(fixture.folder)/\(name)"))
        }
        let again = try ReadModelStore(folder: fixture.folder)
        defer { again.close() }
        #expect(try again.open(.balances(version: "1")).newest.checkpoint == 3)
        let left = try fixture.files.filter { !$0.hasPrefix("balances.g1.sqlite-") }.sorted()
        #expect(left == ["balances-2.g1.sqlite", "balances.g1.g1.sqlite", "balances.g1.sqlite"])
    }

    @Test func `when the note that it answers was lost, the only generation left answers`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        try fixture.openBalances(version: "1").apply(from: 0, to: 3) { try $0.deposit(5, to: "a") }
        try fixture.openBalances(version: "2").apply(from: 0, to: 2) { try $0.deposit(7, to: "b") }
        fixture.store.close()
        try FileManager.default.removeItem(atPath: fixture.folder + "/balances.g1.sqlite")
        let again = try ReadModelStore(folder: fixture.folder)
        defer { again.close() }
        let opened = try again.open(.balances(version: "2"))
        #expect(opened.building == nil)
        #expect(opened.answering.answers && opened.answering.checkpoint == 2)
    }

    @Test func `what lies in a folder is told by the names of its files`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        #expect(ReadModelSurvey(folder: fixture.folder + "/nowhere").models.isEmpty)
        try fixture.openBalances(version: "1").apply(from: 0, to: 3) { try $0.deposit(5, to: "a") }
        _ = try fixture.openBalances(version: "2")
        _ = try fixture.store.open(.one("a.g7", table: "t"))
        let found = ReadModelSurvey(folder: fixture.folder).models
        #expect(found.map(\.name) == ["a.g7", "balances"])
        #expect(found.map(\.generations) == [[1], [1, 2]])
        #expect(found.allSatisfy { $0.bytes >= 4_096 })
    }

    @Test func `a damaged file is named, with what to do`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        _ = try fixture.openBalances()
        fixture.store.close()
        let file = try #require(try fixture.files.first { $0.hasSuffix(".sqlite") })
        let path = "\(fixture.folder)/\(file)"
        try Data(repeating: 0x5A, count: 8_192).write(to: URL(filePath: path))
        let store = try ReadModelStore(folder: fixture.folder)
        let error = failure { _ = try store.open(.balances()) }
        #expect(error == .damaged(file: path, reason: "file is not a database"))
        #expect(error?.description == "\(path) is damaged: file is not a database")
        #expect(error?.hint.contains("delete the file") == true)
    }

    @Test func `a file that was made from another declaration is refused`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        _ = try fixture.store.open(.one("m", table: "t"))
        fixture.store.close()
        let path = fixture.folder + "/" + (try #require(try fixture.files.first { $0.hasSuffix(".sqlite") }))
        let other = try ReadModelStore(folder: fixture.folder)
        _ = try other.open(.balances())
        other.close()
        let foreign =
            fixture.folder + "/" + (try #require(try fixture.files.first { $0.hasPrefix("balances") }))
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: foreign, toPath: path)
        let store = try ReadModelStore(folder: fixture.folder)
        let error = failure { _ = try store.open(.one("m", table: "t")) }
        #expect(error == .foreign(file: path, reason: "it was made for balances"))
    }

    @Test func `a folder that can't be made is an error that names it`() throws {
        let error = failure { _ = try ReadModelStore(folder: "/dev/null/models") }
        #expect(error?.code == "read-model-file")
        #expect(error?.description.hasPrefix("creating /dev/null/models failed: ") == true)
    }

    @Test func `a damaged page stops the read model at the first step that meets it`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        try fixture.openBalances().apply(from: 0, to: 1) { writer in
            for number in 0..<2_000 { try writer.deposit(1, to: "account-\(number)") }
        }
        fixture.store.close()
        let path = fixture.folder + "/" + (try #require(try fixture.files.first { $0.hasSuffix(".sqlite") }))
        var content = try Data(contentsOf: URL(filePath: path))
        // The schema is on the first page of 4,096 bytes, the checkpoint on the second and third.
        content.replaceSubrange(12_288..., with: Data(repeating: 0x5A, count: content.count - 12_288))
        try content.write(to: URL(filePath: path))
        let store = try ReadModelStore(folder: fixture.folder)
        defer { store.close() }
        let model = try store.open(.balances()).newest
        for _ in 0..<2 {
            let error = failure { try model.apply(from: 1, to: 2) { try $0.deposit(1, to: "account-1") } }
            #expect(error == .damaged(file: path, reason: "database disk image is malformed"))
        }
        #expect(model.checkpoint == 1)
    }

    @Test func `a store that is kept nowhere leaves nothing behind`() throws {
        let temporary = FileManager.default.temporaryDirectory.path
        var fixture: Fixture? = try Fixture(.nowhere)
        let name = "here-\(UInt64.random(in: 0 ... .max))"
        _ = try fixture?.store.open(.one(name, table: "t"))
        // Folders of tests that run beside this one may go at any moment.
        let folder = try #require(
            try FileManager.default.contentsOfDirectory(atPath: temporary)
                .filter { $0.hasPrefix("perilune-") }
                .map { "\(temporary)/\($0)" }
                .first { folder in
                    // `try?`: somebody else's folder may be gone by now.
                    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
                    return files.contains { $0.hasPrefix(name) }
                }
        )
        fixture?.close()
        fixture = nil
        #expect(!FileManager.default.fileExists(atPath: folder))
    }
}

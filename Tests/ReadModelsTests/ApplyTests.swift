import Foundation
import ReadModels
import Testing

@Suite struct ApplyTests {
    @Test(arguments: Place.allCases)
    func `rows and checkpoint move together`(place: Place) throws {
        let fixture = try Fixture(place)
        defer { fixture.close() }
        let model = try fixture.openBalances()
        #expect(model.checkpoint == 0)
        try model.apply(from: 0, to: 7) {
            try $0.deposit(5, to: "a")
            try $0.deposit(6, to: "a")
        }
        #expect(model.checkpoint == 7)
        #expect(try fixture.rows("select * from balances") == [[.text("a"), .integer(11)]])
    }

    @Test(arguments: Place.allCases)
    func `a throwing body leaves neither rows nor checkpoint, and its error comes out`(place: Place) throws {
        let fixture = try Fixture(place)
        defer { fixture.close() }
        let model = try fixture.openBalances()
        #expect(throws: Failure()) {
            try model.apply(from: 0, to: 1) {
                try $0.deposit(5, to: "a")
                throw Failure()
            }
        }
        #expect(model.checkpoint == 0)
        #expect(try fixture.rows("select * from balances").isEmpty)
        try model.apply(from: 0, to: 1) { try $0.deposit(1, to: "b") }
        #expect(try fixture.rows("select account from balances") == [[.text("b")]])
    }

    @Test(arguments: Place.allCases)
    func `a step from another checkpoint than the stored one is fenced`(place: Place) throws {
        let fixture = try Fixture(place)
        defer { fixture.close() }
        let model = try fixture.openBalances()
        try model.apply(from: 0, to: 5) { try $0.deposit(1, to: "a") }
        for from in [0, 4, 6] as [UInt64] {
            #expect(throws: ReadModelError.fenced(model: "balances", expected: from, actual: 5)) {
                try model.apply(from: from, to: 9) { try $0.deposit(1, to: "a") }
            }
        }
        #expect(model.checkpoint == 5)
        #expect(try fixture.rows("select balance from balances") == [[.integer(1)]])
    }

    @Test(arguments: [(5, 5), (5, 4), (0, UInt64.max)] as [(UInt64, UInt64)])
    func `a checkpoint only moves forward`(from: UInt64, to: UInt64) throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let model = try fixture.openBalances()
        #expect(throws: ReadModelError.invalidCheckpoint(model: "balances", from: from, to: to)) {
            try model.apply(from: from, to: to) { _ in Issue.record("the body must not run") }
        }
    }

    @Test(arguments: Place.allCases)
    func `a failed statement that the body catches is undone alone`(place: Place) throws {
        let fixture = try Fixture(place)
        defer { fixture.close() }
        let model = try fixture.openBalances()
        try model.apply(from: 0, to: 1) { writer in
            try writer.deposit(1, to: "a")
            let insert = "insert into balances values ('b', 1), ('a', 2)"
            let error = failure { _ = try writer.execute(insert) }
            #expect(error == .sql(insert, reason: "UNIQUE constraint failed: balances.account"))
            try writer.deposit(1, to: "c")
        }
        #expect(try fixture.rows("select account from balances order by 1") == [[.text("a")], [.text("c")]])
    }

    @Test(arguments: Place.allCases)
    func `the body reads what it wrote, and knows how many rows it changed`(place: Place) throws {
        let fixture = try Fixture(place)
        defer { fixture.close() }
        let model = try fixture.openBalances()
        try model.apply(from: 0, to: 1) { writer in
            try writer.deposit(1, to: "a")
            try writer.deposit(2, to: "b")
            #expect(try writer.row("select sum(balance) total from balances")?["total"] == .integer(3))
            #expect(try writer.execute("update balances set balance = 0") == 2)
            #expect(try writer.execute("select * from balances") == 0)
            #expect(try writer.execute("delete from balances where account = ?", [.text("z")]) == 0)
            let returned = try writer.rows("delete from balances returning account")
            #expect(returned.map(\.values) == [[.text("a")], [.text("b")]])
            #expect(try writer.row("select * from balances") == nil)
        }
    }

    @Test(arguments: Place.allCases)
    func `every kind of value is stored as it is`(place: Place) throws {
        let fixture = try Fixture(place)
        defer { fixture.close() }
        let model = try fixture.store.open(
            .one("values", table: "cells", columns: "id integer primary key, cell")
        ).newest
        let cells: [SQLValue] = [
            .null, .integer(.min), .integer(.max), .real(0.1), .real(-0.0), .real(.greatestFiniteMagnitude),
            .text(""), .text("a\0b é 🌙"), .blob([]), .blob([0, 255]),
        ]
        try model.apply(from: 0, to: 1) { writer in
            for cell in cells { _ = try writer.execute("insert into cells (cell) values (?)", [cell]) }
        }
        #expect(try fixture.rows("select cell from cells order by id").map(\.first) == cells)
    }

    @Test func `the body runs on the calling thread, also on one with a stack of its own`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let model = try fixture.openBalances()
        let finished = DispatchSemaphore(value: 0)
        let thread = Thread {
            let caller = Thread.current
            #expect(throws: Never.self) {
                try model.apply(from: 0, to: 1) { _ in #expect(Thread.current === caller) }
                try fixture.store.read { session in
                    #expect(Thread.current === caller)
                    let rows = try session.rows("select * from balances")
                    #expect(rows.isEmpty)
                }
            }
            finished.signal()
        }
        thread.stackSize = 16 << 20
        thread.start()
        finished.wait()
        #expect(model.checkpoint == 1)
    }

    @Test func `a writer is dead after its step`() throws {
        let fixture = try Fixture()
        defer { fixture.close() }
        let model = try fixture.openBalances()
        var kept: ReadModelWriter?
        try model.apply(from: 0, to: 1) { kept = $0 }
        #expect(failure { _ = try kept?.execute("delete from balances") } == .closed)
    }
}

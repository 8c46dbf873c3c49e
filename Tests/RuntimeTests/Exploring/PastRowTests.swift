import EventLog
import Logging
import Lua
import TestSupport
import Testing

@testable import Runtime

/// Queries of a prompt as of a past position, or of a fork.
@Suite struct PastRowTests {
    private static let app: AppFixture =
        Apps.counter + """
            projection "totals" {
              on = "counter.Added",
              tables = { totals = [[ counter text primary key, total integer not null ]] },
              run = function(e, db)
                if e.data.amount == 13 then error("thirteen") end
                db.exec([[insert into totals values (?, ?)
                  on conflict(counter) do update set total = total + excluded.total]], e.key, e.data.amount)
              end,
            }

            query "total" {
              params = { counter = "string" },
              run = function(db, p)
                local row = db.row("select total from totals where counter = ?", p.counter)
                return row and row.total or 0
              end,
            }

            query "endless" { run = function() while true do end end }
            """

    private static let counters = ["a", "b", "c"]

    /// Amounts from 20 on, so that none is the one that fails; every fourth event is nobody's.
    private static let amounts = (0..<400).map { $0 % 4 == 3 ? nil : Int64(20 + $0) }

    private static let history = amounts.enumerated().map { index, amount in
        amount.map { "counter-\(counters[index % 3]) Added {\"amount\":\($0)}" } ?? "note-1 Noted {}"
    }

    /// The same answer, counted here.
    private static func total(of counter: String, at position: Int) -> Int64 {
        amounts.prefix(position).enumerated().reduce(0) { sum, next in
            sum + (counters[next.offset % 3] == counter ? next.element ?? 0 : 0)
        }
    }

    private func rows(
        over log: any EventLog,
        at position: Position,
        interruption: LuaInterruption = LuaInterruption(),
        eventsMax: Int = PastRows.eventsMax
    ) throws -> PastRows {
        try PastRows(
            try Self.app.scripts(),
            of: OverlayLog(log, endingAt: position, clock: { 0 }),
            over: log,
            interruption: interruption,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            eventsMax: eventsMax
        )
    }

    @Test func `a query answers as of each position, whichever way the session goes there`() async throws {
        let bench = try await ExplorerBench(Self.app, events: Self.history)
        for position in [0, 1, 17, 150, 151, 40, 400, 399] {
            _ = try bench.values("at(\(position))")
            for counter in Self.counters {
                let expected = Self.total(of: counter, at: position)
                #expect(try bench.value("query('total', { counter = '\(counter)' })") == "\(expected)")
            }
        }
        #expect(bench.failure("query('total')")?.contains("needs the parameter counter") == true)
        #expect(bench.failure("query('totl')")?.contains(#""total""#) == true)
        _ = try bench.values("at()")
        #expect(try bench.value("query('any').name") == #""any""#, "the rows of now are the host's")
    }

    @Test func `what was folded answers again, and a later position folds only what is new`() async throws {
        let bench = try await ExplorerBench(Self.app, events: Self.history)
        let query = "query('total', { counter = 'b' })"
        _ = try bench.values("at(100)")
        _ = try bench.value(query)
        let folded = bench.seen.reads.count
        #expect(try bench.value(query) == "\(Self.total(of: "b", at: 100))")
        #expect(bench.seen.reads.count == folded)
        _ = try bench.values("at(200)")
        let before = bench.seen.reads.count
        #expect(try bench.value(query) == "\(Self.total(of: "b", at: 200))")
        let more = bench.seen.reads.dropFirst(before)
        #expect(more.map(\.after) == [100], "\(more)")
        #expect(more.allSatisfy { $0.filter == .query(EventQuery(types: ["Added"], category: "counter")) })
    }

    @Test func `a query on a fork sees what the fork holds, and forgets it with the fork`() async throws {
        let bench = try await ExplorerBench(Self.app, events: Self.history, hasHost: false)
        let query = "query('total', { counter = 'a' })"
        let total = Self.total(of: "a", at: 400)
        #expect(
            try bench.value(query) == "\(total)",
            "a folder has no host, so the rows of now are folded too"
        )
        _ = try bench.values("command('counter', 'a', 'add', { amount = 5 })")
        #expect(try bench.value(query) == "\(total + 5)")
        _ = try bench.values("append('counter-a', 'Added', { amount = 7 })")
        #expect(try bench.value(query) == "\(total + 12)")
        _ = try bench.values("discard()")
        #expect(try bench.value(query) == "\(total)")
        _ = try bench.values("command('counter', 'a', 'add', { amount = 1 })")
        #expect(try bench.value(query) == "\(total + 1)")
    }

    @Test func `an edit of the projection is seen by the next query`() async throws {
        let bench = try await ExplorerBench(Self.app, events: Self.history)
        _ = try bench.values("at(50)")
        #expect(try bench.value("query('total', { counter = 'c' })") == "\(Self.total(of: "c", at: 50))")
        let text = Self.app.files["app.lua"] ?? ""
        bench.folder.app = AppFixture(text.replacing("e.key, e.data.amount", with: "e.key, 1"))
        let count = Self.amounts.prefix(50).enumerated().count { $0.offset % 3 == 2 && $0.element != nil }
        #expect(try bench.value("query('total', { counter = 'c' })") == "\(count)")
    }

    @Test func `more events than one query folds are refused, and asking again goes on`() async throws {
        let log = MemoryLog()
        let event = try EventText.event(#"counter-a Added {"amount":1}"#)
        for _ in 0..<5 { _ = try await log.commit(NewFrame(events: Array(repeating: event, count: 500))) }
        let rows = try rows(over: log, at: 2_400, eventsMax: 1_000)
        for reached in [1_024, 2_048] {
            let error = #expect(throws: ExplorerError.self) { try rows.answer("total", ["counter": "a"]) }
            #expect(error?.code == "too-many-events")
            #expect(
                error?.description.contains("are as of \(reached) now") == true,
                "\(error?.description ?? "")"
            )
        }
        #expect(try rows.answer("total", ["counter": "a"]) == 2_400)
    }

    @Test func `a projection that fails names its event, and answers nothing that could be wrong`()
        async throws
    {
        let bench = try await ExplorerBench(
            Self.app,
            events: [#"counter-a Added {"amount":1}"#, #"counter-a Added {"amount":13}"#]
        )
        _ = try bench.values("at(2)")
        let text = bench.failure("query('total', { counter = 'a' })") ?? ""
        #expect(text.contains("projection totals is stopped") && text.contains("thirteen"), "\(text)")
        _ = try bench.values("at(1)")
        #expect(try bench.value("query('total', { counter = 'a' })") == "1")
    }

    @Test func `an interruption ends a fold and a query, and what was folded stays right`() async throws {
        let bench = try await ExplorerBench(Self.app, events: Self.history)
        _ = try bench.values("at(300)")
        #expect(bench.interrupted("query('total', { counter = 'a' })") == "interrupted")
        #expect(
            try bench.value("query('total', { counter = 'a' })") == "\(Self.total(of: "a", at: 300))"
        )
        let interruption = LuaInterruption()
        let rows = try rows(over: bench.log, at: 300, interruption: interruption)
        interruption.raise()
        let error = #expect(throws: RuntimeError.self) { try rows.answer("endless", [:]) }
        #expect(error?.code == "script-interrupted", "and not by its budget")
    }
}

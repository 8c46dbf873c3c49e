import EventLog
import Logging
import ReadModels
import Runtime

/// The suite `projection`: rows built anew from a log, against SQLite with the same rows at hand.
struct ProjectionBench {
    let quick: Bool

    /// Events in one frame while the log is being filled.
    private static let fillFrame = 1_000

    /// Rows in one transaction of SQLite alone: as a rebuild has them.
    private static let bareBatch = 1_024

    /// How long to wait between two looks at the progress; far less than a rebuild takes.
    private static let pause = Duration.milliseconds(2)

    /// One shape of rows.
    private struct Work {
        let name: String
        let what: String
        let columns: String
        let statement: String
        /// The values of a row, in Lua over `e` and its data `d`.
        let values: String
        /// The same for SQLite alone.
        let row: @Sendable (Int) -> [SQLValue]
    }

    private static let works = [
        Work(
            name: "projection-rebuild",
            what: "a row inserted for each",
            columns: "stream text, customer text, total integer",
            statement: "insert into orders values (?, ?, ?)",
            values: "e.key, d.customer, d.amount * d.quantity",
            row: { number in
                [.text("\(number % SampleEvents.streams)"), .text("c-00421"), .integer(5_997)]
            }
        ),
        Work(
            name: "projection-rebuild-upsert",
            what: "one of \(SampleEvents.streams) rows changed for each",
            columns: "stream text primary key, orders integer, total integer",
            statement: "insert into orders values (?, 1, ?) on conflict(stream) "
                + "do update set orders = orders + 1, total = total + excluded.total",
            values: "e.key, d.amount * d.quantity",
            row: { number in [.text("\(number % SampleEvents.streams)"), .integer(5_997)] }
        ),
    ]

    func run(_ show: (BenchResult) -> Void) async throws {
        let events = quick ? 100_000 : 500_000
        try await BenchFolder.with("projection") { folder in
            let log = try await DiskLog.open(folder: folder.path + "/log", logger: Logger(label: "bench"))
            for first in stride(from: 0, to: events, by: Self.fillFrame) {
                let frame = try (first..<min(first + Self.fillFrame, events)).map(SampleEvents.event)
                _ = try await log.commit(NewFrame(events: frame))
            }
            for work in Self.works {
                show(try await measure(work, events, log: log, folder: folder.path + "/" + work.name))
            }
            try await log.close()
        }
    }

    private func measure(
        _ work: Work,
        _ events: Int,
        log: DiskLog,
        folder: String
    ) async throws -> BenchResult {
        var options = HostOptions()
        options.logger.logLevel = .error
        let host = try await Host.start(
            try Self.scripts(work),
            log: log,
            readModelFolder: folder,
            options: options
        )
        try await Self.wait(for: host) { $0.lagEvents == 0 }
        var rounds = Rounds()
        for round in 0..<(quick ? 3 : 5) {
            let bare = try Self.bare(work, events, in: folder, round)
            let clock = ContinuousClock()
            let start = clock.now
            try await host.rebuild(processor: "orders")
            try await Self.wait(for: host) { $0.generation == round + 2 }
            rounds.add(Double(events) / Rounds.seconds(start.duration(to: clock.now)), baseline: bare)
        }
        await host.stop()
        return BenchResult(
            name: work.name,
            value: rounds.median,
            unit: "events/s",
            baseline: "SQLite alone",
            baselineValue: rounds.baselineMedian,
            note:
                "\(events) events of 198 bytes, \(work.what), while the older rows answer; SQLite alone has "
                + "its values at hand, \(Self.bareBatch) to a transaction; \(rounds.spread)"
        )
    }

    /// The same rows through the same connection, without log, script and checkpoint.
    private static func bare(_ work: Work, _ events: Int, in folder: String, _ round: Int) throws -> Double {
        let declaration = ReadModelDeclaration(
            name: "bare-\(round)",
            tables: [.init(name: "orders", columns: work.columns)],
            version: "bare"
        )
        let rows = (0..<events).map(work.row)
        let table = try BareTable(folder: folder, declaration: declaration, statement: work.statement)
        let clock = ContinuousClock()
        let start = clock.now
        for first in stride(from: 0, to: events, by: bareBatch) {
            try table.insert(rows[first..<min(first + bareBatch, events)])
        }
        let seconds = Rounds.seconds(start.duration(to: clock.now))
        try table.close()
        return Double(events) / seconds
    }

    private static func wait(for host: Host, _ holds: (ProcessorStatus) -> Bool) async throws {
        while true {
            let status = await host.processors().first { $0.name == "orders" }
            if let status, status.state == .stopped {
                throw BenchError("the projection stopped: \(status.lastFailure?.summary ?? "")")
            }
            if let status, holds(status) { return }
            try await Task.sleep(for: pause)
        }
    }

    private static func scripts(_ work: Work) throws -> ScriptSet {
        let script = """
            projection "orders" {
              on = "in.OrderPlaced", fields = { "customer", "amount", "quantity" },
              tables = { orders = "\(work.columns)" },
              run = function(e, db)
                local d = e.data
                db.exec("\(work.statement)", \(work.values))
              end,
            }
            """
        return try ScriptSet(name: "bench", files: ["app.lua": Array(script.utf8)])
    }
}

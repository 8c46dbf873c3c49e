import EventLog
import Logging
import Lua
import ReadModels

/// What the prelude may ask of the host while a step runs: events of the log, SQL of the read model at hand,
/// the log of the host.
///
/// Registered once per VM; all of it is used on the VM's thread.
final class HostWords {
    /// Where the SQL of the running step goes.
    enum Database {
        case none
        case writer(ReadModelWriter)
        case reader(ReadModelSession, QueryContext)
    }

    var database = Database.none

    /// What is being done, for lines that a script writes to the host's log.
    var context = ""

    /// What the app declares of its events; empty while it loads.
    var schemas = EventSchemas()

    /// The calls of the running step.
    var calls = StepCalls()

    /// How the running step ended by itself; nil while it hasn't.
    var aborted: AbortedStep?

    /// Where the app's steps may call; nowhere while it loads.
    var allowed = AllowedOrigins()

    /// What states are folded with; nil while the app loads, when none is.
    var folds: FoldCodes?

    let log: any EventLog
    let logger: Logger
    let snapshots: SnapshotStore?

    init(log: any EventLog, logger: Logger, snapshots: SnapshotStore?) {
        self.log = log
        self.logger = logger
        self.snapshots = snapshots
    }

    /// The VM holds these closures, and the session holds both: unowned breaks the circle.
    func register(in vm: LuaVM, _ envelope: EventEnvelope) {
        vm.register("read") { [unowned self] arguments, results in
            try events(&arguments, upTo: nil, envelope, into: &results)
        }
        vm.register("history") { [unowned self] arguments, results in
            var copy = arguments
            _ = copy.next()
            _ = copy.next()
            guard case .integer(let position)? = copy.next() else {
                preconditionFailure("history needs a position")
            }
            try events(&arguments, upTo: Position(position), envelope, into: &results)
        }
        vm.register("nearest") { arguments, results in
            let name = arguments.text()
            let known = try JSONValue(parsing: arguments.json() ?? []).array ?? []
            var editsMax: Int?
            if case .integer(let edits)? = arguments.next() { editsMax = Int(edits) }
            let names = known.compactMap(\.string)
            guard let near = Suggestion.nearest(to: name, among: names, within: editsMax) else {
                return results.null()
            }
            results.string(near)
        }
        vm.register("folded_shape") { _, results in results.number(of: envelope.folded) }
        vm.register("abort") { arguments, _ in
            throw LuaAbort(code: arguments.text(), text: arguments.text())
        }
        vm.register("log") { [unowned self] arguments, _ in
            // What a step does again, it has said before.
            guard !calls.isReplaying else { return }
            let level = Logger.Level(rawValue: arguments.text()) ?? .info
            logger.log(level: level, "\(arguments.text())", metadata: ["in": "\(context)"])
        }
        vm.register("suggest") { arguments, results in
            let name = arguments.text()
            let known = try JSONValue(parsing: arguments.json() ?? []).array ?? []
            let names = known.compactMap(\.string)
            results.string(Suggestion.sentence(for: name, among: names, listing: "there are"))
        }
        registerTime(in: vm)
        registerSnapshots(in: vm)
        registerCalls(in: vm)
        registerReading(in: vm, envelope)
        registerAbort(in: vm)
        vm.register("sql_execute") { [unowned self] arguments, results in
            guard case .writer(let writer) = database else { throw WordError.noDatabase }
            let sql = try SQLPacking.statement(&arguments)
            results.integer(Int64(try writer.execute(sql, SQLPacking.parameters(&arguments))))
        }
        vm.register("sql_rows") { [unowned self] arguments, results in
            let sql = try SQLPacking.statement(&arguments)
            SQLPacking.write(try rows(sql, SQLPacking.parameters(&arguments)), to: &results)
        }
        vm.register("sql_row") { [unowned self] arguments, results in
            let sql = try SQLPacking.statement(&arguments)
            let found = try rows(sql, SQLPacking.parameters(&arguments))
            if let row = found.first { SQLPacking.write(row, to: &results) } else { results.null() }
        }
    }

    /// A page of a stream's events behind a revision: stream, revision (-1: from its beginning).
    ///
    /// Nothing when there are none. When some are old, a list behind them has, at the places of those, their
    /// version and the whole event.
    private func events(
        _ arguments: inout PackedReader,
        upTo position: Position?,
        _ envelope: EventEnvelope,
        into results: inout PackedWriter
    ) throws {
        let stream = try StreamName(arguments.text())
        guard case .integer(let revision)? = arguments.next() else {
            preconditionFailure("reading a stream needs a revision")
        }
        let next = Revision(revision + 1)
        guard let newest = try log.revision(of: stream), newest >= next else { return results.null() }
        let page = ReadRequest(.stream(stream), limit: RuntimeLimits.readPage, revision: next)
        let events = try log.read(page).events.filter { $0.position <= position ?? .max }
        guard !events.isEmpty else { return results.null() }
        results.beginList(events.count)
        for event in events { envelope.writeFolded(event, to: &results) }
        guard schemas.hasUpcasters else { return }
        let old = events.map(schemas.oldVersion)
        guard old.contains(where: { $0 != nil }) else { return }
        results.beginList(events.count)
        for (event, version) in zip(events, old) {
            guard let version else {
                results.null()
                continue
            }
            results.beginList(2)
            results.integer(Int64(version))
            envelope.write(event, to: &results)
        }
    }

    private func rows(_ sql: String, _ parameters: [SQLValue]) throws -> [SQLRow] {
        switch database {
        case .none: throw WordError.noDatabase
        case .writer(let writer): return try writer.rows(sql, parameters)
        case .reader(let session, let context):
            try context.use(sql, in: session)
            do { return try session.rows(sql, parameters) } catch .building(let model) {
                throw LuaAbort(code: StepStop.buildingCode, text: model)
            }
        }
    }
}

/// A word used where it doesn't work.
enum WordError: Error, CustomStringConvertible {
    case noDatabase
    case unusableParameter
    case noStatement
    case tooManyEvents

    var description: String {
        switch self {
        case .noDatabase: "db works in a projection and in a query, while it runs"
        case .noStatement: "the first argument must be a SQL statement, as a text"
        case .tooManyEvents:
            "read finds more than \(RuntimeLimits.readEventsMax) events; ask for less, or for the last few"
        case .unusableParameter: "a parameter of SQL must be a text, a number, true, false or nil"
        }
    }
}

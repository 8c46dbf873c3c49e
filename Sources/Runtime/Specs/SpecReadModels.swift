import EventLog
import Logging
import Lua
import ReadModels

/// The rows that the app's projections make of a spec's events, and what its queries answer.
///
/// All of it comes about as in a host: events that stand in a log, a VM without specs, SQLite through a
/// `ReadModelStore`, and `ScriptSession.apply` and `.query`, which `ProjectionProcessor` and `QueryRunner`
/// call. Made for one run of a spec; it costs nothing until a spec asks for rows.
///
/// With `twice` the rows are made as a host makes them that builds them anew: each event is applied to
/// another generation first. A projection that keeps something beside its rows then makes other ones.
final class SpecReadModels {
    /// What is needed once a spec asks.
    private struct Opened {
        let session: ScriptSession
        let log: MemoryLog
        let store: ReadModelStore
    }

    private let scripts: ScriptSet
    private let logger: Logger
    private let identity: LogIdentity
    private let isTwice: Bool
    private let time = SetTime()

    private var opened: Opened?
    private var waiting: [(event: NewEvent, time: LogTime)] = []

    /// What a projection or a query failed with; the spec that asked ends with it.
    private(set) var failure: ScriptFailure?

    /// How the spec's script ends then.
    static let failedCode = "spec-read-model-failed"

    init(_ scripts: ScriptSet, identity: LogIdentity, twice: Bool, logger: Logger) {
        self.scripts = scripts
        self.identity = identity
        self.logger = logger
        isTwice = twice
    }

    /// Whether any rows were asked for.
    var isUsed: Bool { opened != nil }

    /// Closes the files, and removes them.
    func close() {
        opened?.store.close()
        opened = nil
    }

    /// An event that happened in the spec, behind those before it; `time` is in milliseconds since 1970.
    func add(_ event: NewEvent, at time: Int64) {
        waiting.append((event, time * 1_000))
    }

    /// What a query answers, as JSON.
    func answer(_ name: String, _ parameters: ArraySlice<UInt8>) throws -> [UInt8] {
        let opened = try open()
        try catchUp(opened)
        guard let query = opened.session.definitions.queries[name] else {
            throw RuntimeError.unknownQuery(name, known: Array(opened.session.definitions.queries.keys))
        }
        let bound = try query.bind(try JSONValue(parsing: parameters), query: name).bytes()
        do {
            return try opened.session.query(
                name,
                bound,
                context: QueryContext(after: nil),
                store: opened.store,
                newest: opened.log.lastPosition
            ).result
        } catch StepStop.failed(let failure) {
            throw ends(with: failure)
        }
    }

    /// All rows of a table.
    func rows(of table: String) throws -> [SQLRow] {
        let opened = try open()
        try catchUp(opened)
        return try opened.store.read { try $0.rows("select * from \"\(table)\"") }
    }

    private func open() throws -> Opened {
        if let opened { return opened }
        let log = MemoryLog(identity: identity, clock: time.reading)
        let made = Opened(
            session: try ScriptSession(scripts: scripts, log: log, logger: logger),
            log: log,
            store: try ReadModelStore(folder: nil)
        )
        opened = made
        for definition in made.session.definitions.projections {
            _ = try made.store.open(definition.readModel)
            if isTwice { _ = try made.store.rebuild(definition.name) }
        }
        return made
    }

    /// Puts what happened into the log, and into the rows.
    private func catchUp(_ opened: Opened) throws {
        for (event, time) in waiting {
            self.time.now = time
            _ = try opened.log.take(NewFrame(events: [event]))
        }
        waiting = []
        for definition in opened.session.definitions.projections {
            let models = try opened.store.open(definition.readModel)
            for model in [models.building, models.answering].compactMap(\.self) {
                let fold = RowFold(definition, of: opened.session, in: model)
                if let failure = try fold.advance(to: opened.log.lastPosition, in: opened.log) {
                    throw ends(with: failure)
                }
            }
        }
    }

    private func ends(with failure: ScriptFailure) -> LuaAbort {
        self.failure = failure
        return LuaAbort(code: Self.failedCode, text: failure.summary)
    }
}

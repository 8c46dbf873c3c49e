import EventLog
import Logging
import Lua
import ReadModels

/// The rows of an app as of a position, folded from the log when a query first asks for them.
///
/// Only the projections that a query uses are folded, into a temporary read model and by a VM of its own.
/// Invariants: what was folded answers again, and a later position folds only what is new; time never goes
/// back here, and what a fork held is never taken back: then `Explorer` makes a new one.
///
/// Made by `Explorer`, and used on its thread.
final class PastRows {
    let scripts: ScriptSet
    /// As of where the rows were asked for last.
    private(set) var position: Position = 0

    private let base: any EventLog
    private let view: OverlayLog
    private let session: ScriptSession
    private let store: ReadModelStore
    private let interruption: LuaInterruption
    private var folds: [String: RowFold] = [:]

    /// Events that one query folds at most.
    ///
    /// Some twenty seconds of folding, and of reading from the host; who wants more asks again.
    static let eventsMax = 1_000_000

    private let eventsMax: Int

    /// Loads the app, and folds nothing yet.
    ///
    /// - Throws: `RuntimeError` when the app can't be loaded, or there is no room for rows.
    init(
        _ scripts: ScriptSet,
        of view: OverlayLog,
        over base: any EventLog,
        interruption: LuaInterruption,
        logger: Logger,
        eventsMax: Int = PastRows.eventsMax
    ) throws(RuntimeError) {
        self.scripts = scripts
        self.view = view
        self.base = base
        self.interruption = interruption
        self.eventsMax = eventsMax
        session = try ScriptSession(scripts: scripts, log: view, logger: logger)
        session.vm.watch(interruption)
        do {
            let store = try ReadModelStore(folder: nil)
            self.store = store
            for definition in session.definitions.projections {
                let model = try store.open(definition.readModel).answering
                folds[definition.name] = RowFold(definition, of: session, in: model)
            }
        } catch {
            throw .readModel(error)
        }
    }

    deinit {
        store.close()
    }

    /// What a query answers from the rows as of where the session stands.
    ///
    /// - Throws: `RuntimeError`; `ExplorerError` of the code `too-many-events`; what reading the log throws.
    func answer(_ name: String, _ parameters: JSONValue) throws -> JSONValue {
        guard let query = session.definitions.queries[name] else {
            throw RuntimeError.unknownQuery(name, known: Array(session.definitions.queries.keys))
        }
        let bound = try query.bind(parameters, query: name).bytes()
        position = view.lastPosition
        var room = eventsMax
        while true {
            do {
                return try JSONValue(parsing: try answer(name, bound))
            } catch {
                switch error {
                case StepStop.behind(let projection): try fold(projection, &room)
                case StepStop.failed(let failure): throw RuntimeError.script(failure)
                default: throw error
                }
            }
        }
    }

    private func answer(_ name: String, _ parameters: [UInt8]) throws -> [UInt8] {
        let context = QueryContext(after: position)
        return try session.query(name, parameters, context: context, store: store, newest: position).result
    }

    private func tooMany(reached: Position) -> ExplorerError {
        ExplorerError(
            "the rows as of \(position) take more than \(eventsMax) events to fold, and are as of \(reached) "
                + "now\n  hint: ask again, and it goes on from there",
            code: "too-many-events"
        )
    }

    /// The base is read directly: the view would look for an end behind which nothing is to be seen.
    private func fold(_ projection: String, _ room: inout Int) throws {
        guard let fold = folds[projection] else { preconditionFailure("a query names rows that are open") }
        for (log, end) in [(base, min(position, view.start)), (view, position)] as [(any EventLog, Position)]
        {
            let failure = try fold.advance(to: end, in: log) { events in
                try interruption.check()
                guard room > 0 else { throw tooMany(reached: fold.model.position) }
                room -= events
            }
            if let failure { throw RuntimeError.projectionStopped(projection, failure) }
        }
    }
}

import EventLog
import Lua
import ReadModels

/// One run of a query: which read models it uses, whether they have come far enough, and how far they had
/// come.
final class QueryContext {
    /// The smallest position of the read models used so far; nil before the first.
    private(set) var reached: Position?

    private let store: ReadModelStore
    private let gates: [String: PositionGate]
    private let after: Position?

    init(store: ReadModelStore, gates: [String: PositionGate], after: Position?) {
        self.store = store
        self.gates = gates
        self.after = after
    }

    /// Notes the read models that a statement names, before it runs: a gate's position is a lower bound of
    /// its rows.
    ///
    /// - Throws: `LuaAbort`, so that the query ends here and runs again when the read model has come so far.
    func use(_ sql: String) throws {
        for model in store.models(usedBy: sql) {
            guard let gate = gates[model.name] else { continue }
            let position = gate.position
            if let after, position < after {
                throw LuaAbort(code: StepStop.behindCode, text: model.name)
            }
            reached = min(reached ?? position, position)
        }
    }
}

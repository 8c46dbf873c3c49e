import EventLog
import Lua
import ReadModels

/// One run of a query: which read models it uses, whether they have come far enough, and how far they had
/// come.
final class QueryContext {
    /// The smallest position of the read models used so far; nil before the first.
    private(set) var reached: Position?

    private let after: Position?

    init(after: Position?) {
        self.after = after
    }

    /// Notes the read models that a statement names, before it runs: their positions, in the generation that
    /// the session reads, are lower bounds of their rows.
    ///
    /// - Throws: `LuaAbort`, so that the query ends here and runs again when the read model has come so far.
    func use(_ sql: String, in session: ReadModelSession) throws {
        for model in session.models(usedBy: sql) {
            let position = model.position
            if let after, position < after {
                throw LuaAbort(code: StepStop.behindCode, text: model.name)
            }
            reached = min(reached ?? position, position)
        }
    }
}

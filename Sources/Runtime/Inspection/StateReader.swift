import EventLog
import Lua

/// Folds an aggregate's state aside from everything live, now or as it was at a position.
struct StateReader: Sendable {
    let pool: WorkerPool

    func state(aggregate: String, key: String, at position: Position?) async throws(RuntimeError) -> StateView
    {
        let aggregates = pool.definitions.aggregates
        guard aggregates[aggregate] != nil else {
            throw .unknownAggregate(aggregate, known: Array(aggregates.keys))
        }
        let stream: StreamName
        do { stream = try StreamName(category: aggregate, key: key) } catch { throw .log(error) }
        do {
            return try await pool.worker(for: stream).withSession { session throws(StepStop) in
                var results = try session.call("state_at", context: "state of \(stream)") { arguments in
                    arguments.string(aggregate)
                    arguments.string(key)
                    arguments.integer(Int64(clamping: position ?? .max))
                }
                let state = results.jsonText()
                guard case .integer(let revision)? = results.next() else {
                    preconditionFailure("state_at returns a state and a revision")
                }
                return StateView(state: state, revision: revision < 0 ? nil : Revision(revision))
            }
        } catch {
            guard case .failed(let failure) = error else { preconditionFailure("a fold decides nothing") }
            throw .script(failure)
        }
    }
}

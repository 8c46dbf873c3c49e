import EventLog
import Lua
import ReadModels

/// Answers named queries from the read models; a caller can wait for its own writes with `after`.
struct QueryRunner: Sendable {
    let pool: WorkerPool
    let store: ReadModelStore
    let log: any EventLog
    let clock: HostClock
    /// Who keeps the read models.
    let processors: LiveProcessors

    /// Seconds that a caller can wait at most: longer, and a proxy in between gives up first.
    static let timeoutSecondsMax = 60.0

    func answer(
        _ name: String,
        parameters: ArraySlice<UInt8>,
        after: Position?,
        timeoutSeconds: Double
    ) async throws(RuntimeError) -> QueryAnswer {
        let bound = try bind(name, parameters)
        let deadline = clock.now() + Int64(min(max(0, timeoutSeconds), Self.timeoutSecondsMax) * 1_000_000)
        while true {
            do {
                return try await run(name, bound, after: after)
            } catch {
                switch error {
                case .failed(let failure): throw .script(failure)
                case .inFlight, .callsOut, .aborted, .superseded:
                    preconditionFailure("a query decides nothing")
                case .behind(let projection):
                    guard let after, let gate = processors.projection(projection)?.gate else {
                        preconditionFailure("only a query that waits for a position can be behind it")
                    }
                    try await wait(for: gate, of: projection, toReach: after, until: deadline)
                case .building(let projection):
                    // Without progress it has been built since: then the query finds what it needs.
                    guard let progress = await processors.projection(projection)?.progress else { continue }
                    throw .projectionBuilding(projection, progress)
                }
            }
        }
    }

    private func bind(_ name: String, _ parameters: ArraySlice<UInt8>) throws(RuntimeError) -> [UInt8] {
        let queries = pool.definitions.queries
        guard let query = queries[name] else { throw .unknownQuery(name, known: Array(queries.keys)) }
        do {
            let given = parameters.isEmpty ? .object([:]) : try JSONValue(parsing: parameters)
            return try query.bind(given, query: name).bytes()
        } catch let error as RuntimeError {
            throw error
        } catch {
            throw .invalidInput("the parameters are not valid JSON: \(error)")
        }
    }

    private func run(
        _ name: String,
        _ parameters: [UInt8],
        after: Position?
    ) async throws(StepStop) -> QueryAnswer {
        let worker = pool.workers[Int(StableHash.of(name.utf8) % UInt64(pool.count))]
        let store = store
        let newest = log.lastPosition
        return try await worker.withSession { session throws(StepStop) in
            let context = QueryContext(after: after)
            return try session.query(name, parameters, context: context, store: store, newest: newest)
        }
    }

    private func wait(
        for gate: PositionGate,
        of projection: String,
        toReach position: Position,
        until deadline: LogTime
    ) async throws(RuntimeError) {
        let remaining = deadline - clock.now()
        let clock = clock
        do {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    try await gate.wait(for: position)
                    return true
                }
                group.addTask {
                    try await clock.sleep(max(0, remaining))
                    return false
                }
                defer { group.cancelAll() }
                guard try await group.next() == true else {
                    throw RuntimeError.notCaughtUp(after: position, reached: gate.position)
                }
            }
        } catch let error as RuntimeError {
            throw error
        } catch let failure as ScriptFailure {
            throw .projectionStopped(projection, failure)
        } catch {
            throw .stopping
        }
    }
}

extension ScriptSession {
    /// Runs a query over one snapshot of the read models that it uses.
    func query(
        _ name: String,
        _ parameters: [UInt8],
        context: QueryContext,
        store: ReadModelStore,
        newest: Position
    ) throws(StepStop) -> QueryAnswer {
        defer { words.database = .none }
        let place = "query \(name)"
        words.context = place
        do {
            let json = try store.read { snapshot in
                words.database = .reader(snapshot, context)
                var results = try call("query", context: place) { arguments in
                    arguments.string(name)
                    arguments.json(parameters[...])
                }
                return results.jsonText()
            }
            return QueryAnswer(result: json, position: context.reached ?? newest)
        } catch let stop as StepStop {
            throw stop
        } catch let error as ReadModelError {
            throw .failed(ScriptFailure(stopping: RuntimeError.readModel(error), of: name))
        } catch {
            preconditionFailure("a query throws StepStop and ReadModelError only, not \(error)")
        }
    }
}

import EventLog
import Logging
import Lua
import ReadModels

/// What scripts have to pass before they go live, on a thread of their own: nothing of it holds up a worker.
///
/// In this order, and the first that fails ends it: compile and load, definitions, tables of read models, the
/// app's own specs, and the newest events of the log once more, under two hash seeds.
struct ScriptChecks: Sendable {
    let log: any EventLog
    let logger: Logger

    /// Loads the scripts aside, and gives what they declare.
    ///
    /// - Throws: `RuntimeError.publishRefused` with file and line.
    func definitions(of scripts: ScriptSet) async throws(RuntimeError) -> Definitions {
        let checker = ScriptChecker()
        defer { checker.end() }
        do {
            let definitions = try await checker.definitions(of: scripts, log: log, logger: logger)
            try checkTables(of: definitions)
            return definitions
        } catch {
            throw .publishRefused([ScriptFailure(refusing: error)])
        }
    }

    /// Runs the specs, then what the log has seen last.
    ///
    /// - Throws: `RuntimeError.publishRefused` with all failures of the first that fails.
    func run(_ scripts: ScriptSet, instead live: ScriptSet) async throws(RuntimeError) {
        let checker = ScriptChecker()
        defer { checker.end() }
        var failures = await checker.failures(of: scripts, logger: logger)
        if failures.isEmpty { failures = await checker.failures(of: scripts, instead: live, over: log) }
        guard failures.isEmpty else { throw .publishRefused(failures) }
    }

    /// Runs the specs alone.
    ///
    /// - Throws: as `run`.
    func holdSpecs(of scripts: ScriptSet) async throws(RuntimeError) {
        let checker = ScriptChecker()
        defer { checker.end() }
        let failures = await checker.failures(of: scripts, logger: logger)
        guard failures.isEmpty else { throw .publishRefused(failures) }
    }

    /// Makes the tables in a store that nobody keeps.
    private func checkTables(of definitions: Definitions) throws(RuntimeError) {
        guard !definitions.projections.isEmpty else { return }
        do throws(ReadModelError) {
            let store = try ReadModelStore(folder: nil)
            defer { store.close() }
            for projection in definitions.projections { _ = try store.open(projection.readModel) }
        } catch {
            throw .readModel(error)
        }
    }
}

/// A thread on which scripts are tried.
private actor ScriptChecker {
    private let thread = WorkerThread(name: "script-check")

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    nonisolated func end() { thread.stop() }

    func definitions(
        of scripts: ScriptSet,
        log: any EventLog,
        logger: Logger
    ) throws(RuntimeError) -> Definitions {
        try ScriptSession(scripts: scripts, log: log, logger: logger).definitions
    }

    func failures(of scripts: ScriptSet, logger: Logger) -> [ScriptFailure] {
        do {
            return try SpecRunner(scripts: scripts, logger: logger).run().compactMap(\.failure)
        } catch {
            return [ScriptFailure(refusing: error)]
        }
    }

    func failures(of scripts: ScriptSet, instead live: ScriptSet, over log: any EventLog) -> [ScriptFailure] {
        do {
            let count = RuntimeLimits.publishReplayEventsMax
            return try ReplayCheck.run(scripts, live: live, over: log, newest: count)
        } catch {
            return [ScriptFailure(refusing: error)]
        }
    }
}

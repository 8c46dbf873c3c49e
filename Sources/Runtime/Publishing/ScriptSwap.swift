import EventLog
import Logging
import ReadModels

/// Exchanges the scripts of a running host for others, between two batches, all at once.
///
/// Invariants:
/// - every worker is closed while the log says that other scripts decide: what was decided by the old ones
///   is in the log before that event, and what is decided by the new ones behind it;
/// - when the log refuses, everything goes on as it was;
/// - a processor that both sets declare keeps its marks, its lanes and what it has parked.
///
///     load in each worker → end what goes → close workers → commit → exchange → open → begin what comes
///
/// Called by `ScriptPublisher`, once at a time.
struct ScriptSwap: Sendable {
    let processors: LiveProcessors
    let timekeeper: Timekeeper
    let store: ReadModelStore
    let context: ProcessorContext

    /// What is live now.
    var live: ScriptVersion { context.pool.live.value }

    /// What becomes of the processors.
    private struct Plan: Sendable {
        var after: LiveProcessors.All
        /// Handlers that both sets declare, with what they are now.
        var kept: [(processor: HandlerProcessor, definition: HandlerDefinition)] = []
        /// The same, of those that begin anew.
        var reshaped: [(processor: HandlerProcessor, definition: HandlerDefinition)] = []
        var newHandlers: [HandlerProcessor] = []
        var goneHandlers: [HandlerProcessor] = []
        var keptProjections: [(processor: ProjectionProcessor, definition: ProjectionDefinition)] = []
        var newProjections: [ProjectionProcessor] = []
        var goneProjections: [ProjectionProcessor] = []

        /// Those that must not run while the scripts are exchanged.
        var ended: [HandlerProcessor] { goneHandlers + reshaped.map(\.processor) }
    }

    /// Makes a version live that the workers have loaded.
    ///
    /// - Parameters:
    ///   - version: the new one.
    ///   - change: how it differs from what is live.
    ///   - event: says so in the log.
    /// - Returns: the position of that event.
    /// - Throws: what the log or a read model refuses; then nothing has changed.
    func perform(
        _ version: ScriptVersion,
        _ change: ScriptChange,
        recording event: NewEvent?
    ) async throws(RuntimeError) -> Position {
        let plan = try plan(version, change)
        for handler in plan.ended { await handler.end() }
        await timekeeper.hold()
        await eachWorker { await $0.close() }
        let position: Position
        do {
            position = try await commit(event)
        } catch {
            await eachWorker { await $0.open() }
            await timekeeper.goOn(with: live.definitions.schedules)
            for handler in plan.ended { await handler.start() }
            throw .log(error)
        }
        await exchange(for: version, plan)
        await eachWorker { await $0.open() }
        await begin(version, plan)
        return position
    }

    private func commit(_ event: NewEvent?) async throws(EventLogError) -> Position {
        guard let event else { return context.log.lastPosition }
        return try await context.log.commit(NewFrame(events: [event])).lastPosition
    }

    private func plan(_ version: ScriptVersion, _ change: ScriptChange) throws(RuntimeError) -> Plan {
        let router = Router(for: version.definitions.handlers, log: context.log, logger: context.logger)
        var plan = Plan(after: LiveProcessors.All(router: router, handlers: [], projections: []))
        do {
            try addHandlers(of: version, change, to: &plan)
            try addProjections(of: version, to: &plan)
        } catch {
            throw RuntimeError(reading: error)
        }
        return plan
    }

    private func addHandlers(of version: ScriptVersion, _ change: ScriptChange, to plan: inout Plan) throws {
        var known = Dictionary(uniqueKeysWithValues: processors.all.handlers.map { ($0.name, $0) })
        for definition in version.definitions.handlers {
            if let processor = known.removeValue(forKey: definition.name) {
                plan.after.handlers.append(processor)
                if change.reshapedHandlers.contains(definition.name) {
                    plan.reshaped.append((processor, definition))
                } else {
                    plan.kept.append((processor, definition))
                }
            } else {
                let router = plan.after.router
                let new = try HandlerProcessor(definition, of: version, router: router, context: context)
                plan.after.handlers.append(new)
                plan.newHandlers.append(new)
            }
        }
        plan.goneHandlers = Array(known.values)
    }

    private func addProjections(of version: ScriptVersion, to plan: inout Plan) throws {
        var known = Dictionary(uniqueKeysWithValues: processors.all.projections.map { ($0.name, $0) })
        for definition in version.definitions.projections {
            if let processor = known.removeValue(forKey: definition.name) {
                plan.after.projections.append(processor)
                plan.keptProjections.append((processor, definition))
            } else {
                let new = try ProjectionProcessor(definition, of: version, store: store, context: context)
                plan.after.projections.append(new)
                plan.newProjections.append(new)
            }
        }
        plan.goneProjections = Array(known.values)
    }

    /// While every worker is closed: from here on everybody goes by the new version.
    private func exchange(for version: ScriptVersion, _ plan: Plan) async {
        await eachWorker { await $0.decide(with: version.number) }
        context.pool.live.exchange(for: version)
        await processors.all.router.stop()
        for (processor, definition) in plan.kept {
            await processor.adopt(definition, of: version, router: plan.after.router)
        }
        for (processor, definition) in plan.reshaped {
            await processor.begin(anew: definition, of: version, router: plan.after.router)
        }
        processors.exchange(for: plan.after)
    }

    /// The workers are open again: what comes begins, and what goes is let go.
    private func begin(_ version: ScriptVersion, _ plan: Plan) async {
        await plan.after.router.start()
        for handler in plan.newHandlers { await handler.begin() }
        for handler in plan.newHandlers + plan.reshaped.map(\.processor) { await handler.start() }
        // Rows are behind the log anyway; opening files would hold up every step.
        for (processor, definition) in plan.keptProjections { await processor.adopt(definition, of: version) }
        for projection in plan.newProjections { await projection.start() }
        await timekeeper.goOn(with: version.definitions.schedules)
        for handler in plan.goneHandlers { await handler.stop() }
        for projection in plan.goneProjections {
            await projection.stop()
            store.close(projection.name)
        }
    }

    private func eachWorker(_ body: @escaping @Sendable (ScriptWorker) async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            for worker in context.pool.workers { group.addTask { await body(worker) } }
        }
    }
}

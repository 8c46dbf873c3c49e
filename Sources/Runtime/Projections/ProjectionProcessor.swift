import EventLog
import Logging
import Lua
import ReadModels

/// A running projection: reads the log in order, one lane, and keeps the rows of its read model.
///
/// Invariant: rows and checkpoint change in one SQL transaction, from the checkpoint that was read; so each
/// event is in the rows exactly once. An event that keeps failing stops the projection: rows behind a hole
/// would be wrong.
///
/// Started and stopped by `Host`.
actor ProjectionProcessor {
    let definition: ProjectionDefinition
    /// How far the rows have come, also over events that the projection doesn't want.
    let gate = PositionGate()

    private let context: ProcessorContext
    private let model: ReadModel
    private let routing: Routing
    private let worker: ScriptWorker
    private var isPaused = false
    private var isStopping = false
    private var isWaiting = false
    private var stopReason: ScriptFailure?
    private var lastFailure: ScriptFailure?
    private var steps = 0
    private var task: Task<Void, Never>?
    private let resumed = Signal()

    init(_ definition: ProjectionDefinition, model: ReadModel, context: ProcessorContext) {
        self.definition = definition
        self.model = model
        self.context = context
        routing = Routing(definition.routes)
        worker = context.pool.workers[definition.index % context.pool.count]
        gate.advance(to: model.checkpoint)
    }

    /// Begins to read and to apply.
    func start() {
        task = Task { await run() }
    }

    /// Ends after the transaction that runs now.
    func stop() async {
        isStopping = true
        resumed.finish()
        task?.cancel()
        await task?.value
        task = nil
    }

    /// No further transaction begins until `resume`.
    func pause() { isPaused = true }

    /// Goes on after a pause, or after the projection stopped by itself.
    func resume() {
        isPaused = false
        stopReason = nil
        gate.open()
        resumed.raise()
    }

    private func run() async {
        var attempts = 0
        var failing: Position = 0
        while !isStopping {
            if isPaused || stopReason != nil {
                await resumed.wait()
                attempts = 0
                continue
            }
            if gate.position > context.log.lastPosition {
                halt(.ahead(definition.name, at: gate.position, of: context.log.lastPosition))
                continue
            }
            do {
                let page = try context.log.read(
                    ReadRequest(routing.filter, after: gate.position, limit: RuntimeLimits.batchEventsMax)
                )
                if let failed = try await apply(page) {
                    attempts = failed.0.position == failing ? attempts + 1 : 1
                    failing = failed.0.position
                    try await fail(failed, attempts)
                    continue
                }
                attempts = 0
                if page.reachedEnd { try await context.log.waitForEvent(after: gate.position) }
            } catch {
                if !isStopping { halt(ScriptFailure(stopping: error, of: definition.name)) }
            }
        }
    }

    /// Applies a page; the event that failed, if one did, after those before it were applied.
    private func apply(_ page: EventBatch) async throws -> (RecordedEvent, ScriptFailure)? {
        let wanted = page.events.filter(routing.wants)
        let lag = page.scannedTo - min(model.checkpoint, page.scannedTo)
        if wanted.isEmpty && lag < RuntimeLimits.idleMarkLag {
            gate.advance(to: page.scannedTo)
            return nil
        }
        guard let failed = try await transact(wanted, to: page.scannedTo) else { return nil }
        let good = Array(wanted.prefix(failed.index))
        if let last = good.last { _ = try await transact(good, to: last.position) }
        return (wanted[failed.index], failed.failure)
    }

    /// One SQL transaction over some events; which of them failed, if one did, and then nothing has changed.
    private func transact(
        _ events: [RecordedEvent],
        to position: Position
    ) async throws -> (index: Int, failure: ScriptFailure)? {
        let (definition, model) = (definition, model)
        do {
            try await worker.withSession { session throws(ProjectionFailure) in
                try session.apply(events, with: definition, to: model, upTo: position)
            }
        } catch {
            switch error {
            case .event(let index, let failure): return (index, failure)
            case .readModel(let error): throw RuntimeError.readModel(error)
            }
        }
        steps += events.count
        gate.advance(to: position)
        return nil
    }

    private func fail(_ failed: (event: RecordedEvent, failure: ScriptFailure), _ attempts: Int) async throws
    {
        lastFailure = failed.failure
        guard attempts < definition.retry.attempts else { return halt(failed.failure) }
        context.logger.warning(
            """
            \(definition.name) failed, attempt \(attempts) of \(definition.retry.attempts)
            \(failed.failure.text)
            """
        )
        isWaiting = true
        defer { isWaiting = false }
        try await context.clock.sleep(
            definition.retry.wait(afterAttempt: attempts, of: failed.event.position)
        )
    }

    private func halt(_ failure: ScriptFailure) {
        stopReason = failure
        lastFailure = failure
        gate.stop(failure)
        context.logger.error("projection \(definition.name) stopped\n\(failure.text)")
    }

    /// How the projection stands now.
    func status() -> ProcessorStatus {
        let newest = context.log.lastPosition
        let position = gate.position
        let state: ProcessorStatus.State =
            if stopReason != nil || isStopping { .stopped } else if isPaused { .paused } else if isWaiting {
                .retrying
            } else { .running }
        return ProcessorStatus(
            name: definition.name,
            kind: .projection,
            state: state,
            position: position,
            lagEvents: newest - min(position, newest),
            lagSeconds: lagSeconds(behind: position),
            lanes: [0: position],
            steps: steps,
            parked: 0,
            lastFailure: lastFailure
        )
    }

    private func lagSeconds(behind position: Position) -> Double {
        guard position < context.log.lastPosition else { return 0 }
        // A status answers even when the log can't be read: then the lag in events alone tells.
        let next = try? context.log.read(ReadRequest(.all, after: position, limit: 1)).events.first
        return next.map { max(0, Double(context.clock.now() - $0.time) / 1_000_000) } ?? 0
    }
}

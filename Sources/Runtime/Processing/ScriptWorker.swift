import EventLog
import Logging
import Lua
import ReadModels

/// A thread with a VM of its own: where every step of its lanes and keys runs.
///
/// Invariants: between `beginBatch` and the end of a batch nothing else runs on the worker, since no method
/// here suspends in between. A batch stays open until `settle`; streams that it changed are in flight until
/// then. The version of the scripts is exchanged only while no batch is open (`ScriptWorker+Versions.swift`).
actor ScriptWorker {
    private let thread: WorkerThread
    /// The VMs of the versions that somebody needs, by their numbers.
    var sessions: [Int: ScriptSession]
    /// The number of the version that decides.
    var current: Int
    /// The VM of the version that decides.
    private(set) var session: ScriptSession
    /// Whether no batch may begin, since the version is being exchanged.
    var isClosed = false
    /// Those who wait until batches may begin again.
    var atTheGate: [CheckedContinuation<Void, Never>] = []
    private let running: RunningSteps?
    private let index: Int
    private let log: EventID
    private var nextBatch: UInt64 = 1
    /// What each open batch asked for.
    private(set) var inFlight: [UInt64: [NewEvent]] = [:]
    private var waiting: [CheckedContinuation<Void, Never>] = []
    /// Streams with a command between its decision and its settling, and the commands that queue behind it.
    private var held: [String: [CheckedContinuation<Void, Never>]] = [:]

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// What every VM of the workers is loaded with.
    struct Services: Sendable {
        let log: any EventLog
        let logger: Logger
        let snapshots: SnapshotStore?
    }

    /// What the first version declares; the same in every worker.
    nonisolated let firstDefinitions: Definitions

    /// Loads the first version.
    init(
        index: Int,
        running: RunningSteps?,
        scripts: ScriptSet,
        services: Services
    ) throws(RuntimeError) {
        thread = WorkerThread(name: "script-\(index)")
        self.index = index
        self.running = running
        let session = try ScriptSession(scripts, services)
        firstDefinitions = session.definitions
        self.session = session
        current = WorkerPool.firstVersion
        sessions = [WorkerPool.firstVersion: session]
        log = services.log.identity.id
    }

    /// From now on another version decides; `ScriptWorker+Versions.swift` alone calls it.
    func decide(with session: ScriptSession, _ number: Int) {
        self.session = session
        current = number
    }

    /// Decides one command from outside: a batch of its own.
    ///
    /// Commands on one stream take turns: the next is decided when the one before it is settled.
    ///
    /// - Returns: nil when the scripts that decide now don't know the command.
    func decide(
        _ command: Command,
        id: EventID,
        time: LogTime,
        seed: UInt64
    ) async throws(ScriptFailure) -> StepBatch? {
        let stream = command.aggregate + "-" + command.key
        await hold(stream)
        while true {
            await passGate()
            guard definitions.aggregates[command.aggregate]?.contains(command.name) == true else {
                release(stream)
                return nil
            }
            let origin = StepOrigin(command: command, id: id, rule: session.scripts.hash)
            do {
                return try decideNow(command, on: stream, origin: origin, time: time, seed: seed)
            } catch {
                switch error {
                case .inFlight(let other):
                    await waitUntilSettled(other)
                    // Whatever the prelude says is in flight, the batch can be settled meanwhile.
                    await Task.yield()
                case .failed(let failure):
                    release(stream)
                    throw failure
                case .callsOut: preconditionFailure("a command doesn't call out")
                case .aborted, .behind, .building, .superseded:
                    preconditionFailure("a command doesn't query, and is rejected")
                }
            }
        }
    }

    private func decideNow(
        _ command: Command,
        on stream: String,
        origin: StepOrigin,
        time: LogTime,
        seed: UInt64
    ) throws(StepStop) -> StepBatch {
        let context = "command \(command.name) of \(stream)"
        var batch = try single(context, origin) { session throws(StepStop) in
            try session.decide(command, time: time, seed: seed, context: context)
        }
        batch.holds = stream
        return batch
    }

    private func hold(_ stream: String) async {
        if held[stream] == nil {
            held[stream] = []
        } else {
            await withCheckedContinuation { held[stream]?.append($0) }
        }
    }

    private func release(_ stream: String) {
        guard var queue = held[stream], !queue.isEmpty else {
            held[stream] = nil
            return
        }
        let next = queue.removeFirst()
        held[stream] = queue
        next.resume()
    }

    /// Runs steps of one handler until the frame is full or one stops.
    ///
    /// None is run when the version that the handler is of doesn't decide any more.
    func run(_ steps: [Step], of handler: HandlerDefinition, in version: ScriptVersion) async -> StepBatch {
        await passGate()
        guard version.number == current else { return StepBatch(id: 0, stop: .superseded) }
        var batch = begin()
        for step in steps {
            do {
                let effects = try effects(of: step, handler)
                try checkReads(of: effects, behind: batch.effects.events)
                batch.effects.append(effects)
                batch.completed += 1
                if effects.isAborted, takeBack() { break }
            } catch {
                undo(after: error)
                batch.stop = error
                break
            }
            if batch.effects.fillsFrame { break }
        }
        keepOpen(batch)
        return batch
    }

    /// The frame of a batch was committed, or it was not: its streams can be used again.
    func settle(_ batch: StepBatch, committed: Bool) {
        inFlight[batch.id] = nil
        settleStates(batch.id, committed: committed)
        if let stream = batch.holds { release(stream) }
        let resumed = waiting
        waiting = []
        for continuation in resumed { continuation.resume() }
    }

    /// Suspends until a batch is settled.
    func waitForSettling() async {
        await withCheckedContinuation { waiting.append($0) }
    }

    /// Suspends while a batch that isn't settled changes this.
    func waitUntilSettled(_ wanted: Unsettled) async {
        while inFlight.values.contains(where: wanted.isChanged) { await waitForSettling() }
    }

    /// Refuses a step that read what isn't settled.
    ///
    /// It read committed events alone, and the condition of its frame looks at those alone. So it can't share
    /// a frame with an earlier step whose events it should have read; and behind an open batch with such
    /// events it would be refused, as soon as that is committed.
    private func checkReads(of effects: Effects, behind earlier: [NewEvent]) throws(StepStop) {
        for read in effects.reads {
            let wanted = Unsettled.read(read)
            if wanted.isChanged(by: earlier) || inFlight.values.contains(where: wanted.isChanged) {
                throw .inFlight(wanted)
            }
        }
    }

    /// Runs something else with the scripts that decide, on the worker's thread: queries, state.
    func withSession<R: Sendable, E: Error>(
        _ body: @Sendable (ScriptSession) throws(E) -> R
    ) async throws(E) -> R {
        await passGate()
        return try body(session)
    }

    private func effects(of step: Step, _ handler: HandlerDefinition) throws(StepStop) -> Effects {
        running?.begin(index, processor: handler.hash, position: step.event.position)
        defer { running?.end(index) }
        FailPoint.stepRunning.pass()
        return try session.effects(of: step, by: handler, in: log, rule: session.scripts.hash)
    }

    private func single(
        _ context: String,
        _ origin: StepOrigin,
        _ body: (ScriptSession) throws(StepStop) -> Void
    ) throws(StepStop) -> StepBatch {
        var batch = begin()
        session.words.context = context
        do {
            try body(session)
            batch.effects = try session.takeEffects(origin, context: context)
            try checkReads(of: batch.effects, behind: [])
        } catch {
            undo(after: error)
            settleStates(batch.id, committed: false)
            throw error
        }
        batch.completed = 1
        keepOpen(batch)
        return batch
    }

    private func begin() -> StepBatch {
        let batch = StepBatch(id: nextBatch)
        nextBatch += 1
        callHousekeeping("begin_batch") { $0.integer(Int64(batch.id)) }
        return batch
    }

    private func keepOpen(_ batch: StepBatch) {
        inFlight[batch.id] = batch.effects.events
    }

    private func undo(after stop: StepStop) {
        session.discardEffects()
        var outOfMemory = false
        if case .failed(let failure) = stop { outOfMemory = failure.code == "script-memory-limit" }
        callHousekeeping("undo_step") { $0.bool(outOfMemory) }
    }

    /// Takes back what a step changed that ended itself: true when its batch must end with it.
    private func takeBack() -> Bool {
        var results = callHousekeeping("undo_step") { $0.bool(false) }
        return results.next() == .bool(true)
    }

    private func settleStates(_ batch: UInt64, committed: Bool) {
        callHousekeeping("settle") { arguments in
            arguments.integer(Int64(batch))
            arguments.bool(committed)
        }
    }

    /// The prelude's own bookkeeping: it runs no code of the app, so its failure is a bug of ours.
    @discardableResult
    private func callHousekeeping(_ name: String, _ pack: (inout PackedWriter) -> Void) -> PackedReader {
        do {
            return try session.call(name, context: name, pack)
        } catch {
            preconditionFailure("the prelude's \(name) failed: \(error)")
        }
    }
}

extension ScriptSession {
    /// A VM for a worker.
    convenience init(_ scripts: ScriptSet, _ services: ScriptWorker.Services) throws(RuntimeError) {
        try self.init(
            scripts: scripts,
            log: services.log,
            logger: services.logger,
            snapshots: services.snapshots
        )
    }
}

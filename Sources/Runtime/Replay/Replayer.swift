import EventLog
import Logging
import Lua

/// Runs recorded steps again, each on the log as it was when it ran.
///
/// It has a VM of its own, and writes nothing: not to the log, and not to the host's log either. States stay
/// live between steps and fold only what is new. When a step comes to what is recorded, its own events stand
/// for those of the log; else they are taken back, and the recorded ones are folded. A simulation commits
/// what its steps come to, and then it always stands.
///
/// Invariants: steps come in the order of their `end`; one thread at a time uses it.
///
/// Called by `ReplayCheck`, `ScriptComparison`, `WhySearch` and `Simulation`.
final class Replayer {
    /// The log that steps see.
    let past: PastLog

    let session: ScriptSession

    private let handlers: [String: HandlerDefinition]
    private let log: EventID
    private let traces: Bool
    private let interruption: LuaInterruption?
    private var batch: UInt64 = 0

    /// Loads an app.
    ///
    /// - Parameters:
    ///   - scripts: the app.
    ///   - log: what is replayed.
    ///   - start: a position at or before the end of the first step.
    ///   - seed: the VM's hash seed; nil for that of the log, which hosts use.
    ///   - traces: whether the places of events are noted.
    ///   - interruption: ends a step that runs, which then has failed; nil: nothing but its budgets does.
    /// - Throws: `RuntimeError` when the app can't be loaded.
    init(
        _ scripts: ScriptSet,
        over log: any EventLog,
        from start: Position,
        seed: UInt32? = nil,
        traces: Bool = false,
        interruption: LuaInterruption? = nil
    ) throws(RuntimeError) {
        past = PastLog(log, endingAt: start, scriptSeed: seed)
        self.log = log.identity.id
        self.traces = traces
        self.interruption = interruption
        session = try ScriptSession(
            scripts: scripts,
            log: past,
            logger: Logger(label: "replay") { _ in SwiftLogNoOpLogHandler() },
            replay: ReplayMode(traces: traces)
        )
        handlers = Dictionary(uniqueKeysWithValues: session.definitions.handlers.map { ($0.name, $0) })
    }

    /// Runs a step on the log up to its end, to which the view must have been moved.
    ///
    /// - Parameters:
    ///   - step: the step.
    ///   - isRehearsal: whether it is run once more after that; then all that it changed is taken back, save
    ///     what its scripts keep to themselves.
    /// - Returns: what comes of it now.
    /// - Throws: what reading the log throws.
    func run(_ step: RecordedStep, isRehearsal: Bool = false) throws(EventLogError) -> ReplayedStep {
        let replayed = try decide(step)
        settle(committed: !isRehearsal && replayed.isRecorded(as: step.events))
        return replayed
    }

    /// Runs a step on a log that goes on with what it asks for, which the caller commits.
    ///
    /// - Throws: what reading the log throws, and what `commit` does.
    func run(_ step: RecordedStep, commit: (ReplayedStep) throws -> Void) throws -> ReplayedStep {
        let replayed = try decide(step)
        do { try commit(replayed) } catch {
            settle(committed: false)
            throw error
        }
        settle(committed: true)
        return replayed
    }

    /// Runs a step, which is to be settled.
    private func decide(_ step: RecordedStep) throws(EventLogError) -> ReplayedStep {
        if case .command(let command, _) = step.cause { try warm(try StreamName(command.stream)) }
        for event in step.events where !event.stream.isHostOwned { try warm(event.stream) }
        return switch step.cause {
        case .command(let command, let record): run(command, record, step)
        case .event(let event, let handler): run(handler, event, step)
        }
    }

    private func run(
        _ command: RecordedCommand,
        _ record: RecordedEvent,
        _ step: RecordedStep
    ) -> ReplayedStep {
        guard session.definitions.aggregates[command.aggregate]?.contains(command.name) == true else {
            return ReplayedStep(ending: .gone)
        }
        var asked = Command(
            aggregate: command.aggregate,
            key: command.key,
            name: command.name,
            arguments: command.arguments
        )
        asked.correlation = step.stamp?.correlation
        let origin = StepOrigin(command: asked, id: record.id, rule: rule(of: step))
        let time = command.now.map { $0 * 1_000 } ?? record.time
        let seed = StableHash.of(record.id.description.utf8)
        return run(step) { () throws(StepStop) in
            try session.decide(asked, time: time, seed: seed, context: step.context)
            return try session.takeEffects(origin, context: step.context)
        }
    }

    private func run(_ name: String, _ event: RecordedEvent, _ step: RecordedStep) -> ReplayedStep {
        guard let handler = handlers[name] else { return ReplayedStep(ending: .gone) }
        guard handler.wants(event) else { return ReplayedStep() }
        return run(step) { () throws(StepStop) in
            try session.effects(
                of: Step(event: event, knownAs: step.knownAs),
                by: handler,
                in: log,
                rule: rule(of: step)
            )
        }
    }

    /// What is stamped on the events of a replay: the recorded rule, so that they can be compared byte by
    /// byte.
    ///
    /// A step that left nothing has none; then the events of two versions differ in what they decided alone.
    private func rule(of step: RecordedStep) -> String { step.stamp?.rule ?? "" }

    /// One step as a frame of its own.
    private func run(_ step: RecordedStep, _ body: () throws(StepStop) -> Effects) -> ReplayedStep {
        beginBatch()
        session.words.context = step.context
        var replayed = ReplayedStep()
        do {
            let effects = try scripted(body)
            replayed.instructions = session.vm.instructionsUsed
            replayed.take(effects)
            if effects.isAborted { undo(after: .aborted) }
        } catch {
            replayed.instructions = session.vm.instructionsUsed
            replayed.ending = end(error)
            undo(after: error)
        }
        if traces { replayed.places = takePlaces() }
        return replayed
    }

    /// Runs the app's code: it alone can be interrupted, and the bookkeeping around it never.
    func scripted<Result>(_ body: () throws(StepStop) -> Result) throws(StepStop) -> Result {
        session.vm.watch(interruption)
        defer { session.vm.watch(nil) }
        return try body()
    }

    private func end(_ stop: StepStop) -> ReplayedStep.Ending {
        switch stop {
        case .failed(let failure): .failed(failure)
        case .callsOut(let call): .callsOut(method: call.request.method, url: call.request.url.text)
        case .aborted, .inFlight, .behind, .building, .superseded:
            preconditionFailure("a replayed step is settled before the next, and queries nothing")
        }
    }

    func beginBatch() {
        batch += 1
        housekeep("begin_batch") { $0.integer(Int64(batch)) }
    }

    func undo(after stop: StepStop) {
        session.discardEffects()
        var outOfMemory = false
        if case .failed(let failure) = stop { outOfMemory = failure.code == "script-memory-limit" }
        housekeep("undo_step") { $0.bool(outOfMemory) }
    }

    func settle(committed: Bool) {
        housekeep("settle") { arguments in
            arguments.integer(Int64(batch))
            arguments.bool(committed)
        }
    }

    private func takePlaces() -> [String] {
        var results = housekeep("take_places") { _ in }
        // `try?`: the prelude encoded it.
        guard let json = results.json(), let list = try? JSONValue(parsing: json).array else {
            preconditionFailure("the prelude's places are a list")
        }
        return list.map { $0.string ?? "" }
    }

    /// The prelude's own bookkeeping: it runs no code of the app, so its failure is a bug of ours.
    @discardableResult
    func housekeep(_ name: String, _ pack: (inout PackedWriter) -> Void) -> PackedReader {
        do { return try session.call(name, context: name, pack) } catch {
            preconditionFailure("the prelude's \(name) failed: \(error)")
        }
    }
}

extension HandlerDefinition {
    /// Whether it is run for an event.
    func wants(_ event: RecordedEvent) -> Bool {
        let category = event.stream.category[...]
        return routes.contains { $0.matches(category: category, type: event.type) }
            && (tags.isEmpty || Routing(routes, tags: tags).hasTags(event))
    }
}

extension ReplayedStep {
    fileprivate mutating func take(_ effects: Effects) {
        ending = effects.isAborted ? .aborted : .decided
        events = effects.events
        refusal = effects.refusal
        saw = effects.conditions + effects.reads
    }
}

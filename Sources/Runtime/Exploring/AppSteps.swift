import EventLog
import Logging
import Lua

/// An app in a VM, for the steps that a prompt asks for: commands, and folds.
///
/// Called by `Explorer`, on its thread.
final class AppSteps {
    let scripts: ScriptSet
    let session: ScriptSession

    private let log: OverlayLog
    private let interruption: LuaInterruption
    private var batch: UInt64 = 0

    /// Loads it.
    ///
    /// - Throws: `RuntimeError` when the app can't be loaded.
    init(
        _ scripts: ScriptSet,
        log: OverlayLog,
        interruption: LuaInterruption,
        logger: Logger
    ) throws(RuntimeError) {
        self.scripts = scripts
        self.log = log
        self.interruption = interruption
        session = try ScriptSession(scripts: scripts, log: log, logger: logger)
    }

    /// What a command came to.
    enum Decision {
        case accepted([RecordedEvent])
        case refused(Refusal)
    }

    /// Decides a command on the log as it is seen, and commits the outcome to it.
    func decide(_ command: Command) throws -> Decision {
        try check(command)
        let context = "command \(command.name) of \(command.aggregate)-\(command.key)"
        let id = EventID.random()
        let origin = StepOrigin(command: command, id: id, rule: scripts.hash)
        var effects = try step(context) { () throws(StepStop) in
            let seed = StableHash.of(id.description.utf8)
            try session.decide(command, time: LogClock.system(), seed: seed, context: context)
            return try session.takeEffects(origin, context: context)
        }
        // The record of the command carries the id that its events name as their cause.
        if !effects.events.isEmpty { effects.events[0].id = id }
        do { try log.add(effects.frame) } catch {
            settle(false)
            throw error
        }
        settle(true)
        if let refusal = effects.refusal { return .refused(refusal) }
        return .accepted(log.own.suffix(effects.events.count).filter { !$0.stream.isHostOwned })
    }

    private func check(_ command: Command) throws(RuntimeError) {
        let aggregates = session.definitions.aggregates
        guard let commands = aggregates[command.aggregate] else {
            throw .unknownAggregate(command.aggregate, known: Array(aggregates.keys))
        }
        guard commands.contains(command.name) else {
            throw .unknownCommand(command.name, aggregate: command.aggregate, known: commands)
        }
        guard !command.key.isEmpty else { throw .invalidInput("the key of a command is empty") }
    }

    /// The state of an aggregate as it was at a position, and its revision; nil when it has no events.
    func state(of stream: StreamName, at position: Position) throws -> StateView {
        let aggregates = session.definitions.aggregates
        guard aggregates[stream.category] != nil else {
            throw RuntimeError.unknownAggregate(stream.category, known: Array(aggregates.keys))
        }
        do {
            var results = try scripted { () throws(StepStop) in
                try session.call("state_at", context: "state of \(stream)") { arguments in
                    arguments.string(stream.category)
                    arguments.string(stream.key)
                    arguments.integer(Int64(clamping: position))
                }
            }
            let state = results.jsonText()
            guard case .integer(let revision)? = results.next() else {
                preconditionFailure("state_at returns a state and a revision")
            }
            return StateView(state: state, revision: revision < 0 ? nil : Revision(revision))
        } catch {
            throw Self.failure(error)
        }
    }

    private func step(
        _ context: String,
        _ body: () throws(StepStop) -> Effects
    ) throws -> Effects {
        batch += 1
        housekeep("begin_batch") { $0.integer(Int64(batch)) }
        session.words.context = context
        do { return try scripted(body) } catch {
            session.discardEffects()
            var outOfMemory = false
            if case .failed(let failure) = error { outOfMemory = failure.code == "script-memory-limit" }
            housekeep("undo_step") { $0.bool(outOfMemory) }
            settle(false)
            throw Self.failure(error)
        }
    }

    /// Runs the app's code: it alone can be interrupted, and the bookkeeping around it never.
    private func scripted<Result>(_ body: () throws(StepStop) -> Result) throws(StepStop) -> Result {
        session.vm.watch(interruption)
        defer { session.vm.watch(nil) }
        return try body()
    }

    private func settle(_ committed: Bool) {
        housekeep("settle") { arguments in
            arguments.integer(Int64(batch))
            arguments.bool(committed)
        }
    }

    private static func failure(_ stop: StepStop) -> any Error {
        switch stop {
        case .failed(let failure): failure
        case .inFlight, .aborted, .callsOut, .behind, .building, .superseded:
            preconditionFailure(
                "a command is settled before the next, calls out to nobody, and queries nothing"
            )
        }
    }

    /// The prelude's own bookkeeping: it runs no code of the app, so its failure is a bug of ours.
    private func housekeep(_ name: String, _ pack: (inout PackedWriter) -> Void) {
        do { _ = try session.call(name, context: name, pack) } catch {
            preconditionFailure("the prelude's \(name) failed: \(error)")
        }
    }
}

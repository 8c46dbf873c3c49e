import EventLog

/// Takes commands from outside to the worker of their key, and makes what it decides durable.
///
/// Invariants: one key, one answer, for ever (the key is a field of the frame, so that it is as durable as
/// what it stands for); a decision is committed only on the state that it was taken on.
struct CommandDispatcher: Sendable {
    let log: any EventLog
    let pool: WorkerPool
    let clock: HostClock

    /// Decides a command and commits the outcome, accepted or refused.
    ///
    /// - Throws: `RuntimeError.log` with `wrong-expected-revision` when the stream isn't as is expected.
    func execute(_ command: Command) async throws(RuntimeError) -> CommandOutcome {
        let stream = try check(command)
        if let answer = try earlierAnswer(to: command) { return answer }
        let worker = pool.worker(for: stream)
        var overtaken = Overtaken.stream(stream)
        for _ in 0..<RuntimeLimits.conflictsMax {
            try check(command.expected, of: stream)
            let batch: StepBatch
            do {
                guard let decided = try await decide(command, on: worker) else {
                    // Other scripts have come since it was checked; they may not know it.
                    _ = try check(command)
                    continue
                }
                batch = decided
            } catch let error as ScriptFailure {
                throw .script(error)
            } catch let error as RuntimeError {
                throw error
            } catch {
                preconditionFailure("deciding throws ScriptFailure and RuntimeError only, not \(error)")
            }
            FailPoint.commandDecided.pass()
            switch try await commit(batch, of: command, on: stream, worker) {
            case .committed(let outcome): return outcome
            case .overtaken(let what): overtaken = what
            }
        }
        throw .busy(overtaken, attempts: RuntimeLimits.conflictsMax)
    }

    private func decide(
        _ command: Command,
        on worker: ScriptWorker
    ) async throws(ScriptFailure) -> StepBatch? {
        let id = EventID.random()
        let seed = StableHash.of(id.description.utf8)
        guard var batch = try await worker.decide(command, id: id, time: clock.now(), seed: seed) else {
            return nil
        }
        // The record of the command carries the id that its events name as their cause.
        if let record = batch.effects.events.indices.first { batch.effects.events[record].id = id }
        return batch
    }

    /// What a commit came to: an overtaken decision must be taken again.
    private enum Attempt {
        case committed(CommandOutcome)
        case overtaken(Overtaken)
    }

    /// Commits a decision.
    private func commit(
        _ batch: StepBatch,
        of command: Command,
        on stream: StreamName,
        _ worker: ScriptWorker
    ) async throws(RuntimeError) -> Attempt {
        var frame = batch.effects.frame
        frame.idempotencyKey = command.idempotencyKey.map(Self.frameKey)
        if command.expected != .any { frame.conditions.append(.stream(stream, command.expected)) }
        do {
            let receipt = try await log.commit(frame)
            // A known key: another attempt came first. This one's decision never became true.
            await worker.settle(batch, committed: !receipt.wasKnown)
            return .committed(try answer(receipt, to: command))
        } catch {
            if let error = error as? RuntimeError { throw error }
            await worker.settle(batch, committed: false)
            guard let error = error as? EventLogError else {
                preconditionFailure("unexpected error: \(error)")
            }
            if let what = Overtaken(error) { return .overtaken(what) }
            throw .log(error)
        }
    }

    /// Holds the stream to what the caller expects.
    ///
    /// Looked at again each time that a decision was overtaken, so that the answer is what is no longer so,
    /// and not that others were faster.
    private func check(_ expected: ExpectedRevision, of stream: StreamName) throws(RuntimeError) {
        guard expected != .any else { return }
        do throws(EventLogError) {
            let actual = try log.revision(of: stream)
            guard !expected.holds(for: actual) else { return }
            throw EventLogError.wrongExpectedRevision(stream: stream, expected: expected, actual: actual)
        } catch {
            throw .log(error)
        }
    }

    private func earlierAnswer(to command: Command) throws(RuntimeError) -> CommandOutcome? {
        guard let key = command.idempotencyKey else { return nil }
        do {
            guard let receipt = try log.receipt(forKey: Self.frameKey(key)) else { return nil }
            return try answer(receipt, to: command)
        } catch let error as RuntimeError {
            throw error
        } catch let error as EventLogError {
            throw .log(error)
        } catch {
            preconditionFailure("unexpected error: \(error)")
        }
    }

    /// Reads the answer that a frame stands for back from the log: the first answer and any repetition are
    /// the same.
    private func answer(_ receipt: Receipt, to command: Command) throws(RuntimeError) -> CommandOutcome {
        let events: [RecordedEvent]
        do throws(EventLogError) {
            events = try log.read(
                ReadRequest(.all, after: receipt.firstPosition - 1, limit: receipt.eventCount)
            ).events
        } catch {
            throw .log(error)
        }
        guard let record = events.first else {
            preconditionFailure("a decision's frame has its record first")
        }
        let outcome: CommandRecord.Outcome
        let arguments: JSONValue
        do {
            outcome = try CommandRecord.outcome(of: record)
            arguments = command.arguments.isEmpty ? [:] : try JSONValue(parsing: command.arguments)
        } catch {
            throw .invalidInput("the record of the command can't be read: \(error)")
        }
        // Another request under a known key would be lost without a word.
        guard outcome.asked == "\(command.name) of \(command.aggregate)-\(command.key)" else {
            throw .keyReused(command.idempotencyKey ?? "", earlier: outcome.asked)
        }
        guard outcome.arguments == CommandRecord.asRecorded(arguments) else {
            throw .keyReused(command.idempotencyKey ?? "", earlier: outcome.asked + " with other arguments")
        }
        if let refusal = outcome.refusal { return .refused(refusal) }
        let decided = events.filter { !$0.stream.isHostOwned }
        let revision: Revision?
        do throws(EventLogError) {
            let stream = try StreamName(category: command.aggregate, key: command.key)
            if let last = decided.last {
                revision = last.revision
            } else {
                revision = try log.revision(of: stream)
            }
        } catch {
            throw .log(error)
        }
        return .accepted(Acceptance(position: receipt.lastPosition, revision: revision, events: decided))
    }

    private func check(_ command: Command) throws(RuntimeError) -> StreamName {
        let aggregates = pool.definitions.aggregates
        guard let commands = aggregates[command.aggregate] else {
            throw .unknownAggregate(command.aggregate, known: Array(aggregates.keys))
        }
        guard commands.contains(command.name) else {
            throw .unknownCommand(command.name, aggregate: command.aggregate, known: commands)
        }
        guard !command.key.isEmpty else { throw .invalidInput("the key of a command is empty") }
        if let correlation = command.correlation, !CorrelationID.isValid(correlation) {
            throw .invalidInput(
                "a correlation id has 1 to \(CorrelationID.bytesMax) printable ASCII characters, no quotes"
            )
        }
        if !command.arguments.isEmpty {
            do {
                guard try JSONValue(parsing: command.arguments).object != nil else {
                    throw RuntimeError.invalidInput("the arguments of a command are a JSON object")
                }
                guard CommandRecord.canHold(command.arguments) else {
                    throw RuntimeError.invalidInput("the arguments are nested too deep to be recorded")
                }
            } catch let error as RuntimeError {
                throw error
            } catch {
                throw .invalidInput("the arguments are not valid JSON: \(error)")
            }
        }
        do {
            // The command's record needs room for its own category before the name.
            _ = try StreamName(category: CommandRecord.category, key: "\(command.aggregate)-\(command.key)")
            return try StreamName(category: command.aggregate, key: command.key)
        } catch {
            throw .log(error)
        }
    }

    private static func frameKey(_ key: String) -> String { "command:" + key }
}

import EventLog

/// What an operator asked to be done about a parked event.
///
/// Carried out by the lane's own group, between two of its turns, so that the order of the key holds.
struct Repair: Sendable {
    enum Action: Sendable {
        case retry(editedData: ArraySlice<UInt8>?)
        case skip
    }

    let position: Position
    let stream: StreamName
    let action: Action
    let answer: CheckedContinuation<Result<RepairReport, RuntimeError>, Never>

    /// What it came to so far.
    var report = RepairReport()

    /// What the step that it tries again was told.
    var answers = StepAnswers()

    /// Whether it has begun: it was put aside while a step waited for the answer to a call.
    var isBegun = false
}

extension HandlerProcessor {
    /// Retries or skips a parked event; those behind it follow in order, up to one that fails.
    func repair(_ position: Position, _ action: Repair.Action) async throws(RuntimeError) -> RepairReport {
        guard let event = parked[position] else { throw .unknownParked(position) }
        guard !isStopping, takesRepairs else { throw .stopping }
        let group = group(of: Lane.of(event.stream))
        let result = await withCheckedContinuation { answer in
            repairs[group].append(
                Repair(position: position, stream: event.stream, action: action, answer: answer)
            )
            wake(group)
        }
        return try result.get()
    }

    /// The next repair; those of a key whose event waits for the answer to a call come behind that one.
    func takeRepair(_ group: Int) -> Repair? {
        let next = repairs[group].firstIndex { keyCalls[$0.stream] == nil }
        return next.map { repairs[group].remove(at: $0) }
    }

    /// Answers what is still waiting when the processor stops.
    func refuseRepairs(of group: Int) {
        while let repair = takeRepair(group) { repair.answer.resume(returning: .failure(.stopping)) }
    }

    func carryOut(_ repair: Repair, on worker: ScriptWorker) async {
        var repair = repair
        do {
            if let call = try await advance(&repair, on: worker) { return callOut(call, for: repair) }
            repair.answer.resume(returning: .success(repair.report))
        } catch let error as RuntimeError {
            repair.answer.resume(returning: .failure(error))
        } catch let error as EventLogError {
            repair.answer.resume(returning: .failure(.log(error)))
        } catch {
            preconditionFailure("a repair throws RuntimeError and EventLogError only, not \(error)")
        }
    }

    /// Puts a repair aside until a call is answered; the group's lanes go on meanwhile.
    private func callOut(_ call: PendingCall, for repair: Repair) {
        guard takesRepairs else { return repair.answer.resume(returning: .failure(.stopping)) }
        keyCalls[repair.stream] = Task {
            let result = await context.calls.result(of: call.request)
            keyCalls[repair.stream] = nil
            var repair = repair
            repair.answers.add(result, to: call)
            guard !Task.isCancelled else { return repair.answer.resume(returning: .failure(.stopping)) }
            let group = group(of: Lane.of(repair.stream))
            repairs[group].insert(repair, at: 0)
            wake(group)
        }
    }

    /// Goes on with a repair; nil when it has come to its end, or the call that it has to wait for.
    private func advance(_ repair: inout Repair, on worker: ScriptWorker) async throws -> PendingCall? {
        var editedData: ArraySlice<UInt8>?
        if case .retry(let data) = repair.action { editedData = data }
        if !repair.isBegun { try await begin(&repair) }
        // What is first of its key now is retried, and so on, until one fails or the key is free.
        while let next = parked.first(of: repair.stream) {
            let data = next.position == repair.position ? editedData : nil
            switch try await attempt(next, data, told: repair.answers, on: worker) {
            case .callsOut(let call):
                try await giveUp(next, before: call)
                return call
            case .failed(let failure):
                // Left to a person, since a person has begun: no further try comes by itself.
                try await record(.failedAgain(next.position, failure, rule: context.rule))
                lastFailure = failure
                repair.report.failed.append((next.position, failure))
                return nil
            case .committed:
                repair.report.retried.append(next.position)
                repair.answers = StepAnswers()
            }
        }
        return nil
    }

    private func begin(_ repair: inout Repair) async throws {
        guard let event = parked[repair.position] else { throw RuntimeError.unknownParked(repair.position) }
        if let first = parked.first(of: event.stream), first.position != event.position {
            throw RuntimeError.parkedBehind(event.position, first: first.position)
        }
        repair.isBegun = true
        guard case .skip = repair.action else { return }
        try await resolve(event.position, with: .skipped(event.position), Effects())
        repair.report.skipped.append(event.position)
    }

    /// What trying an event again that was set aside came to.
    enum Attempt {
        case committed
        case failed(ScriptFailure)
        case callsOut(PendingCall)
    }

    /// Runs the step of an event that was set aside.
    func attempt(
        _ parkedEvent: ParkedEvent,
        _ editedData: ArraySlice<UInt8>?,
        told answers: StepAnswers,
        on worker: ScriptWorker
    ) async throws -> Attempt {
        let page = try context.log.read(ReadRequest(.all, after: parkedEvent.position - 1, limit: 1))
        guard let event = page.events.first else { throw RuntimeError.unknownParked(parkedEvent.position) }
        let step = Step(event: event, editedData: editedData, answers: answers)
        var conflicts = 0
        var overtaken = Overtaken.stream(parkedEvent.stream)
        while conflicts < RuntimeLimits.conflictsMax {
            let batch = await worker.run([step], of: definition, in: version)
            do {
                switch batch.stop {
                case .failed(let failure):
                    await worker.settle(batch, committed: false)
                    return .failed(failure)
                case .callsOut(let call):
                    await worker.settle(batch, committed: false)
                    return .callsOut(call)
                case .inFlight(let wanted):
                    await worker.settle(batch, committed: false)
                    await worker.waitUntilSettled(wanted)
                case .superseded: continue
                case .aborted, .behind, .building:
                    preconditionFailure("a handler doesn't query, and its aborts are settled")
                case nil:
                    try await resolve(event.position, with: .retried(event.position), batch.effects)
                    await worker.settle(batch, committed: true)
                    steps += 1
                    return .committed
                }
            } catch {
                await worker.settle(batch, committed: false)
                guard let what = Overtaken(error) else { throw error }
                overtaken = what
                conflicts += 1
            }
        }
        throw RuntimeError.busy(overtaken, attempts: conflicts)
    }

    /// Commits what ends the parking, once for ever: the key of the frame fences a second host.
    private func resolve(_ position: Position, with record: ParkedRecord, _ effects: Effects) async throws {
        let frame = NewFrame(
            events: effects.events + [try record.event(processor: definition.name)],
            conditions: effects.frame.conditions,
            idempotencyKey: "parked:\(definition.name):\(position)"
        )
        let receipt = try await context.log.commit(frame)
        parked.apply(record)
        if receipt.wasKnown { throw RuntimeError.unknownParked(position) }
    }
}

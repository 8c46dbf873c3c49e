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
    let action: Action
    let answer: CheckedContinuation<Result<RepairReport, RuntimeError>, Never>
}

extension HandlerProcessor {
    /// Retries or skips a parked event; those behind it follow in order, up to one that fails.
    func repair(_ position: Position, _ action: Repair.Action) async throws(RuntimeError) -> RepairReport {
        guard let event = parked[position] else { throw .unknownParked(position) }
        guard !isStopping, takesRepairs else { throw .stopping }
        let group = group(of: Lane.of(event.stream))
        let result = await withCheckedContinuation { answer in
            repairs[group].append(Repair(position: position, action: action, answer: answer))
            wake(group)
        }
        return try result.get()
    }

    func takeRepair(_ group: Int) -> Repair? {
        repairs[group].isEmpty ? nil : repairs[group].removeFirst()
    }

    /// Answers what is still waiting when the processor stops.
    func refuseRepairs(of group: Int) {
        while let repair = takeRepair(group) { repair.answer.resume(returning: .failure(.stopping)) }
    }

    func carryOut(_ repair: Repair, on worker: ScriptWorker) async {
        do {
            repair.answer.resume(returning: .success(try await outcome(of: repair, on: worker)))
        } catch let error as RuntimeError {
            repair.answer.resume(returning: .failure(error))
        } catch let error as EventLogError {
            repair.answer.resume(returning: .failure(.log(error)))
        } catch {
            preconditionFailure("a repair throws RuntimeError and EventLogError only, not \(error)")
        }
    }

    private func outcome(of repair: Repair, on worker: ScriptWorker) async throws -> RepairReport {
        guard let event = parked[repair.position] else { throw RuntimeError.unknownParked(repair.position) }
        if let first = parked.first(of: event.stream), first.position != event.position {
            throw RuntimeError.parkedBehind(event.position, first: first.position)
        }
        var report = RepairReport()
        var editedData: ArraySlice<UInt8>?
        switch repair.action {
        case .skip:
            try await resolve(event.position, with: .skipped(event.position), Effects())
            report.skipped.append(event.position)
        case .retry(let data): editedData = data
        }
        // What is first of its key now is retried, and so on, until one fails or the key is free.
        while let next = parked.first(of: event.stream) {
            if let failure = try await attempt(next, editedData, on: worker) {
                // Left to a person, since a person has begun: no further try comes by itself.
                try await record(.failedAgain(next.position, failure, rule: context.rule))
                lastFailure = failure
                report.failed.append((next.position, failure))
                break
            }
            report.retried.append(next.position)
            editedData = nil
        }
        return report
    }

    /// Runs the step of an event that was set aside; nil when it is committed, its failure when it failed
    /// again.
    func attempt(
        _ parkedEvent: ParkedEvent,
        _ editedData: ArraySlice<UInt8>?,
        on worker: ScriptWorker
    ) async throws -> ScriptFailure? {
        let page = try context.log.read(ReadRequest(.all, after: parkedEvent.position - 1, limit: 1))
        guard let event = page.events.first else { throw RuntimeError.unknownParked(parkedEvent.position) }
        var conflicts = 0
        while conflicts < RuntimeLimits.conflictsMax {
            let batch = await worker.run([Step(event: event, editedData: editedData)], of: definition)
            do {
                switch batch.stop {
                case .failed(let failure):
                    await worker.settle(batch, committed: false)
                    return failure
                case .inFlight(let stream):
                    await worker.settle(batch, committed: false)
                    await worker.waitUntilSettled(stream)
                case .behind, .building: preconditionFailure("a handler doesn't query")
                case nil:
                    try await resolve(event.position, with: .retried(event.position), batch.effects)
                    await worker.settle(batch, committed: true)
                    steps += 1
                    return nil
                }
            } catch {
                await worker.settle(batch, committed: false)
                guard case EventLogError.wrongExpectedRevision = error else { throw error }
                conflicts += 1
            }
        }
        throw RuntimeError.busy(parkedEvent.stream, attempts: conflicts)
    }

    /// Commits what ends the parking, once for ever: the key of the frame fences a second host.
    private func resolve(_ position: Position, with record: ParkedRecord, _ effects: Effects) async throws {
        let frame = NewFrame(
            events: effects.events + [try record.event(processor: definition.name)],
            conditions: effects.conditions,
            idempotencyKey: "parked:\(definition.name):\(position)"
        )
        let receipt = try await context.log.commit(frame)
        parked.apply(record)
        if receipt.wasKnown { throw RuntimeError.unknownParked(position) }
    }
}

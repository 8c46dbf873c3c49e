import EventLog
import Logging

/// Keys that wait until the step of their first event is tried again.
///
/// The wait is durable, as a `RetryScheduled` in the processor's `$parked` stream, and so the lane's mark
/// moves past the event: other keys of the lane go on. What comes for the key meanwhile is set aside behind
/// it, as behind a parked event. A restart goes on with the attempts that were made.
extension HandlerProcessor {
    /// Begins the waits that the log knows of.
    func scheduleRetries() {
        for position in parked.waiting.keys { scheduleRetry(of: position) }
    }

    func scheduleRetry(of position: Position) {
        guard let due = parked.waiting[position] else { return }
        let clock = context.clock
        let wait = due - clock.now()
        guard wait > 0 else { return retryIsDue(position) }
        retryTimers[position] = Task {
            // Cancelled means that the processor stops: the wait is in the log, and goes on after the start.
            guard (try? await clock.sleep(wait)) != nil, !Task.isCancelled else { return }
            retryIsDue(position)
        }
    }

    private func retryIsDue(_ position: Position) {
        retryTimers[position] = nil
        guard let event = parked[position] else { return }
        let group = group(of: Lane.of(event.stream))
        due[group].append(position)
        wake(group)
    }

    /// Tries the first event of a key again that is due; when it passes, the one behind it is due.
    func retryNext(of group: Int) async throws -> Bool {
        guard !due[group].isEmpty else { return false }
        let position = due[group].removeFirst()
        // Somebody may have retried or skipped it by hand meanwhile.
        let isWaiting = parked.waiting[position] != nil || claimedRetries.contains(position)
        guard isWaiting, let event = parked[position], keyCalls[event.stream] == nil else { return true }
        let told = answers[position] ?? StepAnswers()
        let outcome: Attempt
        do {
            outcome = try await attempt(event, nil, told: told, on: worker(of: group))
        } catch let error as RuntimeError {
            guard case .busy = error else { throw error }
            outcome = .failed(ScriptFailure(stopping: error, of: definition.name))
        }
        switch outcome {
        case .callsOut(let call): return try await callOut(call, for: event)
        case .failed(let failure): try await failedAgain(event, failure)
        case .committed:
            if let next = parked.first(of: event.stream) { due[group].append(next.position) }
        }
        answers[position] = nil
        claimedRetries.remove(position)
        return true
    }

    /// Has a call made for an event that was set aside; its key goes on waiting, until the answer is there.
    private func callOut(_ call: PendingCall, for event: ParkedEvent) async throws -> Bool {
        if definition.delivery == .atMostOnce { claimedRetries.insert(event.position) }
        try await giveUp(event, before: call)
        makesCalls = true
        guard isRunning else { return true }
        keyCalls[event.stream] = Task {
            let result = await context.calls.result(of: call.request)
            keyCalls[event.stream] = nil
            // Cancelled means that the processor stops: the wait is in the log, and so is what is given up.
            guard !Task.isCancelled else { return }
            answers[event.position, default: StepAnswers()].add(result, to: call)
            retryIsDue(event.position)
        }
        return true
    }

    /// At-most-once, an event is given up, durably, before its step asks anybody: what was asked once isn't
    /// asked again after a crash, but by a person.
    func giveUp(_ event: ParkedEvent, before call: PendingCall) async throws {
        guard definition.delivery == .atMostOnce, parked.waiting[event.position] != nil else { return }
        let failure = ScriptFailure(.stopped(call.request.url.description), of: event, in: definition.name)
        try await record(.failedAgain(event.position, failure, rule: context.rule))
    }

    /// Records that a step of an event that was set aside failed, and when it is tried again, if it is.
    func failedAgain(_ event: ParkedEvent, _ failure: ScriptFailure) async throws {
        lastFailure = failure
        let attempts = event.attempts + 1
        let isLast = attempts >= definition.retry.attempts
        tell(failure, attempts: attempts, next: isLast ? "parked" : "tried again")
        let now = context.clock.now()
        let told = answers.removeValue(forKey: event.position)
        let wait = isLast ? nil : wait(for: event.position, attempts: attempts, failure, told: told)
        let failed = event.failed(failure, rule: context.rule, at: now, retryAt: wait.map { now + $0 })
        try await record(isLast ? .parked(failed) : .waiting(failed))
        scheduleRetry(of: event.position)
    }

    /// Commits what became of an event that was set aside before.
    func record(_ record: ParkedRecord) async throws {
        try await commit(NewFrame(events: [try record.event(processor: definition.name)]))
        parked.apply(record)
    }

    func tell(_ failure: ScriptFailure, attempts: Int, next: String) {
        context.logger.warning(
            """
            \(definition.name) failed, attempt \(attempts) of \(definition.retry.attempts), \(next)
            \(failure.text)
            """
        )
    }
}

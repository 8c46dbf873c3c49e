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
        guard parked.waiting[position] != nil, let event = parked[position] else { return true }
        let failure: ScriptFailure?
        do {
            failure = try await attempt(event, nil, on: context.pool.workers[group])
        } catch let error as RuntimeError {
            guard case .busy = error else { throw error }
            failure = ScriptFailure(stopping: error, of: definition.name)
        }
        if let failure {
            try await failedAgain(event, failure)
        } else if let next = parked.first(of: event.stream) {
            due[group].append(next.position)
        }
        return true
    }

    /// Records that a step of an event that was set aside failed, and when it is tried again, if it is.
    func failedAgain(_ event: ParkedEvent, _ failure: ScriptFailure) async throws {
        lastFailure = failure
        let attempts = event.attempts + 1
        let isLast = attempts >= definition.retry.attempts
        tell(failure, attempts: attempts, next: isLast ? "parked" : "tried again")
        let now = context.clock.now()
        let wait = isLast ? nil : definition.retry.wait(afterAttempt: attempts, of: event.position)
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

import EventLog
import Logging

/// What happens to an event whose step failed: it is tried again after a while, then parked, durably.
extension HandlerProcessor {
    func fail(_ event: RecordedEvent, in lane: Int, _ failure: ScriptFailure) async throws {
        lanes[lane].attempts += 1
        let attempts = lanes[lane].attempts + (parked.endings[event.position] ?? 0)
        // The next attempt asks again; what was told is part of what failed.
        let told = answers.removeValue(forKey: event.position)
        lastFailure = failure
        let isLast = attempts >= definition.retry.attempts
        let next = isLast ? (definition.stopsOnFailure ? "the processor stops" : "parked") : "tried again"
        tell(failure, attempts: attempts, next: next)
        if isLast, definition.stopsOnFailure { return halt(failure) }
        let wait = isLast ? nil : wait(for: event.position, attempts: attempts, failure, told: told)
        if let wait, holdsLane { return self.wait(lane, microseconds: wait) }
        let setAside = setAside(event, attempts: attempts, failure, retryIn: wait)
        guard wait != nil else { return try await recordParking(.parked(setAside), in: lane, over: event) }
        // Counted before the log answers, so that groups which come here at once keep to the limit.
        beingSetAside += 1
        defer { beingSetAside -= 1 }
        try await recordParking(.waiting(setAside), in: lane, over: event)
        scheduleRetry(of: event.position)
    }

    /// Microseconds until a failed step is tried again: what the handler says, or what a server that the step
    /// called asked for.
    func wait(
        for position: Position,
        attempts: Int,
        _ failure: ScriptFailure,
        told: StepAnswers?
    ) -> Int64 {
        let wait = definition.retry.wait(afterAttempt: attempts, of: position)
        guard failure.code == CallFailure.retryAfterCode, let told else { return wait }
        return max(wait, told.wait)
    }

    /// Whether a failed step holds up its lane until it is tried again, and not its key alone.
    ///
    /// A processor that stops at a failure may not go past it. And when many keys wait, it isn't the keys:
    /// something that all of them need is down, and the log holds what comes as well as records would.
    private var holdsLane: Bool {
        definition.stopsOnFailure || parked.waiting.count + beingSetAside >= RuntimeLimits.waitingKeysMax
    }

    /// A parked event that waits behind the first one of its key, without having been tried.
    func waiting(_ event: RecordedEvent) -> ParkedEvent {
        setAside(event, attempts: 0, behind: parked.first(of: event.stream)?.position, nil, retryIn: nil)
    }

    private func setAside(
        _ event: RecordedEvent,
        attempts: Int,
        behind: Position? = nil,
        _ failure: ScriptFailure?,
        retryIn wait: Int64?
    ) -> ParkedEvent {
        let now = context.clock.now()
        return ParkedEvent(
            position: event.position,
            processor: definition.name,
            stream: event.stream,
            type: event.type,
            time: now,
            attempts: attempts,
            behind: behind,
            rule: context.rule,
            failure: failure,
            retryAt: wait.map { now + $0 }
        )
    }

    private func wait(_ lane: Int, microseconds: Int64) {
        lanes[lane].isWaiting = true
        let clock = context.clock
        timers[lane] = Task {
            // Cancelled means that the processor stops: the lane begins anew when the host does.
            guard (try? await clock.sleep(microseconds)) != nil else { return }
            waited(lane)
        }
    }

    private func waited(_ lane: Int) {
        guard !Task.isCancelled else { return }
        timers[lane] = nil
        lanes[lane].isWaiting = false
        wake(group(of: lane))
    }

    /// Commits that the front event of a lane is set aside, with the mark that moves over it.
    ///
    /// A mark that was moved before the step ran is there already.
    func recordParking(_ record: ParkedRecord, in lane: Int, over event: RecordedEvent) async throws {
        let from = lanes[lane].mark
        let to = max(from, event.position)
        let move = MarkMove(processor: definition.name, lane: lane, from: from, to: to)
        let frame = NewFrame(
            events: [try record.event(processor: definition.name)],
            marks: from < to ? [move] : []
        )
        try await commit(frame)
        parked.apply(record)
        lanes[lane].mark = to
        dealtWith([(lane, event)])
    }
}

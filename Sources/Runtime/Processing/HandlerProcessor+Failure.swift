import EventLog
import Logging

/// What happens to an event whose step failed: it is tried again after a while, then parked, durably.
extension HandlerProcessor {
    func fail(_ event: RecordedEvent, in lane: Int, _ failure: ScriptFailure) async throws {
        lanes[lane].attempts += 1
        let attempts = lanes[lane].attempts
        lastFailure = failure
        let isLast = attempts >= definition.retry.attempts
        let next = isLast ? (definition.stopsOnFailure ? "the processor stops" : "parked") : "tried again"
        context.logger.warning(
            """
            \(definition.name) failed, attempt \(attempts) of \(definition.retry.attempts), \(next)
            \(failure.text)
            """
        )
        if !isLast {
            return wait(lane, microseconds: definition.retry.wait(afterAttempt: attempts, of: event.position))
        }
        if definition.stopsOnFailure { return halt(failure) }
        try await park(event, in: lane, attempts: attempts, failure)
    }

    /// A parked event that waits behind the first one of its key, without having been tried.
    func waiting(_ event: RecordedEvent) -> ParkedEvent {
        ParkedEvent(
            position: event.position,
            processor: definition.name,
            stream: event.stream,
            type: event.type,
            time: context.clock.now(),
            attempts: 0,
            behind: parked.first(of: event.stream)?.position,
            rule: context.rule,
            failure: nil
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

    private func park(
        _ event: RecordedEvent,
        in lane: Int,
        attempts: Int,
        _ failure: ScriptFailure
    ) async throws {
        let record = ParkedRecord.parked(
            ParkedEvent(
                position: event.position,
                processor: definition.name,
                stream: event.stream,
                type: event.type,
                time: context.clock.now(),
                attempts: attempts,
                behind: nil,
                rule: context.rule,
                failure: failure
            )
        )
        try await recordParking(record, in: lane, over: event)
    }

    /// Commits that the front event of a lane is parked, with the mark that moves over it.
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

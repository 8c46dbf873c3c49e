import EventLog

/// Steps that the process ended in: each is a failed attempt, so that a step which kills its host is parked
/// like any other that fails, after the attempts of its handler.
///
/// A host that was killed from outside leaves the same trace, and costs the step one attempt; so it takes a
/// few endings at least.
extension HandlerProcessor {
    /// Records the steps that the process before this one ended in; before the processor starts.
    func note(_ endings: [RunningSteps.Step]) async throws {
        let hash = StableHash.of(name.utf8)
        for step in endings where step.processor == hash {
            let setAside = parked[step.position]
            guard try setAside != nil || isAhead(step.position) else { continue }
            try await record(.endedProcess(step.position))
            guard let event = setAside, event.retryAt != nil, isEnder(step.position) else { continue }
            let failure = Self.endedProcess(event.position, event.type, event.stream)
            try await record(.parked(event.failed(failure, rule: context.rule, at: context.clock.now())))
        }
    }

    /// Whether a step has ended the process so often that it isn't run again.
    private func isEnder(_ position: Position) -> Bool {
        (parked.endings[position] ?? 0) >= max(definition.retry.attempts, RuntimeLimits.endingsMin)
    }

    /// Whether an event is still to be dealt with: a mark behind it says that its step was committed, or that
    /// it was at-most-once, and is lost.
    private func isAhead(_ position: Position) throws -> Bool {
        let page = try context.log.read(ReadRequest(.all, after: position - 1, limit: 1))
        guard let event = page.events.first, event.position == position else { return false }
        return lanes[Lane.of(event)].mark < position
    }

    /// Deals with an event at the front of a lane that ended the process too often; false when there is none.
    func parkEnder(of group: Int) async throws -> Bool {
        guard !parked.endings.isEmpty else { return false }
        for lane in stride(from: group, to: RuntimeLimits.lanes, by: groups) {
            guard let front = lanes[lane].queue.first, parked.first(of: front.stream) == nil,
                isEnder(front.position)
            else { continue }
            // Each ending is an attempt, and `fail` counts one of its own.
            lanes[lane].attempts = -1
            try await fail(front, in: lane, Self.endedProcess(front.position, front.type, front.stream))
            return true
        }
        return false
    }

    /// The work up to the first step that has ended a process, or that step alone: what is before it is
    /// committed, whatever it does.
    func isolating(_ work: LaneWork) -> LaneWork {
        guard let place = work.runs.firstIndex(where: { parked.endings[$0.event.position] != nil }) else {
            return work
        }
        var careful = work
        careful.runs = Array(work.runs.prefix(max(1, place)))
        return careful
    }

    private static func endedProcess(
        _ position: Position,
        _ type: String,
        _ stream: StreamName
    ) -> ScriptFailure {
        let summary = "the process ended while this step ran"
        let context = "\(type), position \(position) of \(stream)"
        let hint = "if nobody killed it, the step takes too much, or meets a fault of the host; then retry it"
        return ScriptFailure(
            code: "process-ended",
            summary: summary,
            file: "",
            line: 0,
            context: context,
            hint: hint,
            text: "\(summary)\n  in \(context)\n  hint: \(hint)"
        )
    }
}

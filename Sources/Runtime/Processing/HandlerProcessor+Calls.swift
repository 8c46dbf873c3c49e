import EventLog

/// A step that calls out: it has ended without a trace, its lane waits for the answer, and then the step runs
/// again from its beginning with the answers that it has so far.
///
/// Invariants:
/// - nothing of a step is held while it waits: no VM, no thread, no state, no frame;
/// - a lane that waits keeps its events; the other lanes of its group go on;
/// - the answers serve one attempt: they are dropped when the step is committed, fails or is parked. A
///   conflict with another writer is no failure, so what runs again then asks nobody again.
extension HandlerProcessor {
    /// Has a call made, and lets its lane wait for it.
    ///
    /// When the processor ends, it is answered at once, as one that was cut off: what was claimed has to come
    /// to its end, and nothing else runs any more.
    func callOut(_ call: PendingCall, for event: RecordedEvent, in lane: Int) {
        makesCalls = true
        guard isRunning else {
            answers[event.position, default: StepAnswers()].add(
                .failure(.stopped(call.request.url.description)),
                to: call
            )
            return
        }
        lanes[lane].isCalling = true
        calls[lane] = Task {
            let result = await context.calls.result(of: call.request)
            answered(result, to: call, for: event.position, in: lane)
        }
    }

    private func answered(_ result: CallResult, to call: PendingCall, for position: Position, in lane: Int) {
        calls[lane] = nil
        lanes[lane].isCalling = false
        answers[position, default: StepAnswers()].add(result, to: call)
        wake(group(of: lane))
    }

    /// The step of an event, with what it was told when it ran before.
    func step(on event: RecordedEvent) -> Step {
        guard !answers.isEmpty, let told = answers[event.position] else { return Step(event: event) }
        return Step(event: event, answers: told)
    }

    /// Lets the steps that at-most-once has claimed come to their end, when the processor ends.
    ///
    /// Their calls are cut off by now, and they are told so.
    func finishClaimed(of group: Int) async {
        while let lane = lanesWithClaims(of: group).first {
            await calls[lane]?.value
            let runs = lanes[lane].claimed.map { (lane, $0) }
            do {
                try await finish(runs, group: group)
            } catch {
                halt(ScriptFailure(stopping: error, of: definition.name))
            }
        }
    }

    private func lanesWithClaims(of group: Int) -> [Int] {
        guard definition.delivery == .atMostOnce else { return [] }
        return stride(from: group, to: RuntimeLimits.lanes, by: groups).filter {
            !lanes[$0].claimed.isEmpty
        }
    }
}

import EventLog
import Logging

/// At-most-once: marks move first, durably, then the steps run.
///
/// Invariant: what was claimed is brought to its end, whatever is paused or stops meanwhile: it is committed
/// or parked, since nothing would come back to it. It ends in the turn that claimed it, or, when its step
/// calls out, in one that its answer begins; until then it stays at the front of its lane, with the lane's
/// mark past it. A crash, or a log that fails, in between loses what was claimed, at most
/// `RuntimeLimits.claimedEventsMax` events of each worker.
extension HandlerProcessor {
    /// Moves the marks over a turn's events, then runs those that are to be run.
    func claim(_ work: LaneWork, group: Int) async throws {
        let progress = try progress(work.runs + work.parks, of: work)
        try await commit(progress.frame)
        FailPoint.marksCommitted.pass()
        // Claimed events stay in their lanes until they are dealt with: the status counts them as to come.
        moved(progress, over: work.parks)
        if !work.parks.isEmpty { conflicts[group] = 0 }
        try await finish(work.claimed + work.runs, group: group)
    }

    /// Runs what is claimed up to its end, lane by lane, or up to a call.
    func finish(_ runs: [(lane: Int, event: RecordedEvent)], group: Int) async throws {
        var rest = runs[...]
        do {
            while let next = rest.first {
                if !parked.holdsUp(next.event) {
                    try await finishSome(&rest, group: group)
                } else {
                    try await recordParking(.parked(waiting(next.event)), in: next.lane, over: next.event)
                    rest.removeFirst()
                }
                // A lane that waits for an answer goes on when it comes.
                rest.removeAll { lanes[$0.lane].isCalling }
            }
        } catch {
            // The log doesn't answer: whether the first of these were committed, it will tell when it does.
            let positions = rest.map { "\($0.event.position)" }.joined(separator: ", ")
            context.logger.error("\(definition.name) won't run these again, it is at-most-once: \(positions)")
            dealtWith(Array(rest))
            throw error
        }
    }

    /// Runs the first steps of the rest, up to one whose key is parked, and takes away what is dealt with.
    private func finishSome(
        _ rest: inout ArraySlice<(lane: Int, event: RecordedEvent)>,
        group: Int
    ) async throws {
        let worker = worker(of: group)
        let runs = rest.prefix(batchMax(of: group)).prefix { !parked.holdsUp($0.event) }
        let batch = await run(runs, on: worker)
        do {
            try await commit(batch.effects.frame)
        } catch {
            await settle(batch, on: worker, committed: false)
            guard let overtaken = Overtaken(error) else { throw error }
            return try await conflictOfClaimed(over: overtaken, &rest, group: group)
        }
        FailPoint.effectsCommitted.pass()
        await settle(batch, on: worker, committed: true)
        if batch.completed > 0 { conflicts[group] = 0 }
        steps += batch.completed
        dealtWith(Array(runs.prefix(batch.completed)))
        rest = rest.dropFirst(batch.completed)
        try await follow(batch.stop, at: rest.first, on: worker)
        if case .failed? = batch.stop { rest.removeFirst() }
    }

    /// Another writer was faster.
    ///
    /// Nothing of the steps became true, so they may run again; not for ever, since the turn has to end.
    private func conflictOfClaimed(
        over what: Overtaken,
        _ rest: inout ArraySlice<(lane: Int, event: RecordedEvent)>,
        group: Int
    ) async throws {
        conflicts[group] += 1
        guard conflicts[group] >= RuntimeLimits.conflictsMax else { return }
        let error = RuntimeError.busy(what, attempts: conflicts[group])
        conflicts[group] = 0
        guard let first = rest.first else { return }
        try await fail(first.event, in: first.lane, ScriptFailure(stopping: error, of: definition.name))
        rest.removeFirst()
    }
}

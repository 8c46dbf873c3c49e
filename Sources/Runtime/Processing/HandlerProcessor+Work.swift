import EventLog
import Logging

/// What one turn of a group deals with: from each of its lanes that is free, events from the front.
struct LaneWork: Sendable {
    /// Events to run, lane by lane; each with its lane.
    var runs: [(lane: Int, event: RecordedEvent)] = []

    /// Events that are claimed already; each with its lane.
    var claimed: [(lane: Int, event: RecordedEvent)] = []

    /// Events that park behind an earlier one of their key.
    var parks: [(lane: Int, event: RecordedEvent)] = []

    /// Lanes with nothing to do, whose marks lag behind what was read.
    var idle: [Int] = []

    /// What had been read when the work was taken: a lane that is emptied moves its mark up to here.
    let scanned: Position

    /// What is dealt with when so many of the runs came to their end; mostly that is all of them.
    func done(_ completed: Int) -> [(lane: Int, event: RecordedEvent)] {
        guard completed < runs.count || !parks.isEmpty else { return runs }
        return runs.prefix(completed) + parks
    }

    var isEmpty: Bool { runs.isEmpty && claimed.isEmpty && parks.isEmpty && idle.isEmpty }
}

/// What a turn commits beside the effects of its steps.
struct Progress: Sendable {
    /// Events that park.
    let records: [ParkedRecord]

    /// The same, as the log keeps them.
    let events: [NewEvent]

    let marks: [MarkMove]

    var frame: NewFrame { NewFrame(events: events, marks: marks) }
}

extension HandlerProcessor {
    /// Does one thing for a group, if there is something to do: false when it can sleep.
    func turn(of group: Int) async -> Bool {
        if let repair = takeRepair(group) {
            await carryOut(repair, on: worker(of: group))
            return true
        }
        // What at-most-once has claimed goes on, whatever is paused or stops.
        let isFree = mayProcess
        guard isFree || definition.delivery == .atMostOnce else { return false }
        do {
            // One of each, so that a key with much behind it doesn't hold up the others.
            let isRetried = isFree ? try await retryNext(of: group) : false
            if isFree, try await parkEnder(of: group) { return true }
            let work = isolating(takeWork(group, claimedAlone: !isFree))
            if !work.isEmpty { try await perform(work, group: group) }
            return isRetried || !work.isEmpty
        } catch {
            halt(ScriptFailure(stopping: error, of: definition.name))
            return true
        }
    }

    private func takeWork(_ group: Int, claimedAlone: Bool) -> LaneWork {
        var work = LaneWork(scanned: scanned)
        let most = batchMax(of: group)
        let newest = newestMark
        var free = most
        for lane in stride(from: group, to: RuntimeLimits.lanes, by: groups) where free > 0 {
            guard !lanes[lane].isHeld else { continue }
            // No more than fits: what is behind it is looked at in its own turn.
            let queue = lanes[lane].queue.prefix(free)
            let claimed = definition.delivery == .atMostOnce ? lanes[lane].claimed : []
            if claimedAlone || !claimed.isEmpty {
                for event in claimed { work.claimed.append((lane, event)) }
                continue
            }
            if queue.isEmpty {
                if isIdle(lanes[lane], newest) { work.idle.append(lane) }
                continue
            }
            if parked.count > 0, parked.holdsUp(queue[0]) {
                for event in queue.prefix(while: parked.holdsUp) { work.parks.append((lane, event)) }
            } else {
                let runnable = parked.count == 0 ? queue : queue.prefix { !parked.holdsUp($0) }
                for event in runnable.prefix(laneMax) { work.runs.append((lane, event)) }
            }
            free = most - work.runs.count - work.parks.count
        }
        return work
    }

    /// At-most-once, a lane that may have to wait claims no more than it must: a stop parks what waits.
    private var laneMax: Int {
        makesCalls && definition.delivery == .atMostOnce ? 1 : RuntimeLimits.batchEventsMax
    }

    /// After conflicts, smaller batches: less to see, less to lose.
    func batchMax(of group: Int) -> Int {
        let isClaimed = definition.delivery == .atMostOnce
        let most = isClaimed ? RuntimeLimits.claimedEventsMax : RuntimeLimits.batchEventsMax
        return max(1, most >> min(conflicts[group], 8))
    }

    private func perform(_ work: LaneWork, group: Int) async throws {
        if definition.delivery == .atMostOnce { return try await claim(work, group: group) }
        let worker = worker(of: group)
        let batch = work.runs.isEmpty ? StepBatch(id: 0) : await run(work.runs[...], on: worker)
        let done = work.done(batch.completed)
        let progress = try progress(done, of: work)
        var effects = batch.effects.frame
        // Without effects there is nothing that could double: one flush instead of two.
        let isApart = definition.delivery == .atLeastOnce && !effects.events.isEmpty
        if !isApart {
            // The worker holds the events too: adding nothing would still copy all of them.
            if !progress.events.isEmpty { effects.events += progress.events }
            effects.marks = progress.marks
        }
        do {
            try await commit(effects)
        } catch {
            await settle(batch, on: worker, committed: false)
            guard let overtaken = Overtaken(error) else { throw error }
            return conflict(over: overtaken, group: group)
        }
        FailPoint.effectsCommitted.pass()
        await settle(batch, on: worker, committed: true)
        steps += batch.completed
        if isApart { try await commit(progress.frame) }
        FailPoint.marksCommitted.pass()
        if batch.completed > 0 || !work.parks.isEmpty { conflicts[group] = 0 }
        moved(progress, over: done)
        try await follow(batch.stop, at: work.runs.dropFirst(batch.completed).first, on: worker)
    }

    /// Runs steps on the worker of their lanes.
    func run(
        _ runs: ArraySlice<(lane: Int, event: RecordedEvent)>,
        on worker: ScriptWorker
    ) async -> StepBatch {
        FailPoint.stepBegins.pass()
        let batch = await worker.run(runs.map { step(on: $0.event) }, of: definition, in: version)
        FailPoint.stepEnded.pass()
        return batch
    }

    /// Commits a frame, unless there is nothing in it.
    func commit(_ frame: NewFrame) async throws {
        guard !frame.events.isEmpty || !frame.marks.isEmpty else { return }
        _ = try await context.log.commit(frame)
    }

    /// What a turn leaves behind beside the effects of its steps: moved marks, and the records of events that
    /// park behind an earlier one of their key.
    ///
    /// Parking events have no effects of their own, and take no part in what may fail.
    func progress(_ done: [(lane: Int, event: RecordedEvent)], of work: LaneWork) throws -> Progress {
        let records = work.parks.map { ParkedRecord.parked(waiting($0.event)) }
        return Progress(
            records: records,
            events: try records.map { try $0.event(processor: definition.name) },
            marks: marks(for: done, idle: work.idle, scanned: work.scanned)
        )
    }

    /// The log has the progress: the lanes have it too, and let go of the events that are dealt with.
    func moved(_ progress: Progress, over done: [(lane: Int, event: RecordedEvent)]) {
        for record in progress.records { parked.apply(record) }
        for move in progress.marks { lanes[move.lane].mark = move.to }
        dealtWith(done)
    }

    /// Takes events from the fronts of their lanes.
    func dealtWith(_ done: [(lane: Int, event: RecordedEvent)]) {
        if !answers.isEmpty { for (_, event) in done { answers[event.position] = nil } }
        var counts = Array(repeating: 0, count: lanes.count)
        for place in done.indices { counts[done[place].lane] += 1 }
        for (lane, count) in counts.enumerated() where count > 0 {
            lanes[lane].queue.removeFirst(count)
            lanes[lane].attempts = 0
        }
    }

    func settle(_ batch: StepBatch, on worker: ScriptWorker, committed: Bool) async {
        if batch.id > 0 { await worker.settle(batch, committed: committed) }
    }

    /// What stopped a batch: the step behind those that were committed.
    func follow(
        _ stop: StepStop?,
        at failed: (lane: Int, event: RecordedEvent)?,
        on worker: ScriptWorker
    ) async throws {
        guard let stop, let failed else { return }
        switch stop {
        case .failed(let failure): try await fail(failed.event, in: failed.lane, failure)
        case .inFlight(let wanted): await worker.waitUntilSettled(wanted)
        case .callsOut(let call): callOut(call, for: failed.event, in: failed.lane)
        // The next turn goes by the definition that came with the other scripts.
        case .superseded: break
        case .aborted, .behind, .building:
            preconditionFailure("a handler doesn't query, and its aborts are settled")
        }
    }

    /// Another writer was faster: the steps run again on fresh state, in the next turn.
    private func conflict(over what: Overtaken, group: Int) {
        conflicts[group] += 1
        guard conflicts[group] > RuntimeLimits.conflictsMax else { return }
        let error = RuntimeError.busy(what, attempts: conflicts[group])
        lastFailure = ScriptFailure(stopping: error, of: definition.name)
        context.logger.warning("\(definition.name): \(error)")
        conflicts[group] = 0
    }

    /// The moves that the frame carries: each lane to its newest event, or to the end of what was read.
    private func marks(
        for done: [(lane: Int, event: RecordedEvent)],
        idle: [Int],
        scanned: Position
    ) -> [MarkMove] {
        var targets = Array(repeating: (count: 0, to: Position(0)), count: lanes.count)
        for place in done.indices {
            let lane = done[place].lane
            targets[lane] = (targets[lane].count + 1, done[place].event.position)
        }
        var moves = targets.enumerated().filter { $1.count > 0 }.map { lane, target in
            let emptied = lanes[lane].queue.count == target.count
            return move(lane, to: emptied ? max(scanned, target.to) : target.to)
        }
        moves += idle.map { move($0, to: scanned) }
        return moves.sorted { $0.lane < $1.lane }
    }

    private func move(_ lane: Int, to position: Position) -> MarkMove {
        MarkMove(processor: definition.name, lane: lane, from: lanes[lane].mark, to: position)
    }
}

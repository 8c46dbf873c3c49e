import EventLog

/// Lets two versions of an app live through what came from outside, each on a fork of its own, and tells
/// what differs between the two.
///
/// The forks go on together, input by input and moment by moment, so that nothing has to be kept but what
/// differs, and the forks themselves. Called by `ScriptComparison`.
struct RecomputedComparison {
    private let request: DiffRequest
    private let old: Simulation
    private let new: Simulation
    private var diff: ScriptDiff
    private var pairs = StepPairs()
    /// Differing decisions of steps that have a like; all of them are counted.
    private var told: [(order: Int, change: ChangedDecision)] = []
    /// The newest input.
    private var position: Position = 0
    private var order = 0

    /// Compares a stretch of a log.
    ///
    /// - Returns: what differs; it begins with the whole frame that holds the first position.
    /// - Throws: what reading throws, and `RuntimeError` for scripts that can't be loaded or don't end.
    static func run(
        _ request: DiffRequest,
        over log: any EventLog,
        _ stretch: ClosedRange<Position>,
        limits: SimulationLimits,
        progress: (_ done: Int, _ total: Int) -> Void
    ) throws -> ScriptDiff {
        let start = try log.fork(at: stretch.lowerBound - 1).lastPosition
        let stretch = start + 1...stretch.upperBound
        let newest = ReadRequest(.all, after: stretch.upperBound + 1, direction: .backwards, limit: 1)
        guard let beginning = try log.read(ReadRequest(.all, after: start, limit: 1)).events.first?.time,
            let end = try log.read(newest).events.first?.time
        else { preconditionFailure("the stretch ends where the log does, or before") }
        let outcomes = try RecordedOutcomes(log, over: stretch)
        func simulation(_ scripts: ScriptSet, _ version: String) throws -> Simulation {
            try Simulation(
                scripts,
                over: log,
                behind: start,
                outcomes,
                time: beginning,
                version: version,
                limits: limits
            )
        }
        var comparison = RecomputedComparison(
            request: request,
            old: try simulation(request.old, "the old scripts"),
            new: try simulation(request.new, "the new scripts"),
            diff: ScriptDiff(request, from: stretch.lowerBound, to: stretch.upperBound)
        )
        try comparison.compareSteps(InputWalk(log, over: stretch, outcomes), until: end) { position in
            progress(Int(position - start), stretch.count)
        }
        if request.isWhole { try comparison.compareEnds() }
        progress(stretch.count, stretch.count)
        return comparison.diff
    }

    private init(request: DiffRequest, old: Simulation, new: Simulation, diff: ScriptDiff) {
        (self.request, self.old, self.new, self.diff) = (request, old, new, diff)
    }

    private mutating func compareSteps(
        _ inputs: InputWalk,
        until end: LogTime,
        progress: (Position) -> Void
    ) throws {
        var (inputs, facts, told) = (inputs, Recomputed(), Position(0))
        while let input = try inputs.next() {
            try pass(to: input.time)
            position = input.position
            facts.inputs += 1
            if position - told >= Position(ScriptComparison.stride) {
                told = position
                progress(position)
            }
            if case .command(let command, _) = input.kind, command.now == nil { diff.timeless += 1 }
            compare(try old.take(input), try new.take(input))
        }
        try pass(to: end)
        tellSingles()
        (facts.recordedEvents, facts.oldAsRecorded) = (inputs.outcomeEvents, old.fork.eventsAsRecorded)
        (facts.oldHeldUp, facts.newHeldUp) = (old.heldUp, new.heldUp)
        diff.recomputed = facts
    }

    /// Lets everything happen that is due by a time, in both forks what is due at one moment.
    private mutating func pass(to time: LogTime) throws {
        while let due = [old.nextDue, new.nextDue].compactMap(\.self).min(), due <= time {
            let isDue = (old.nextDue == due, new.nextDue == due)
            compare(isDue.0 ? try old.fire() : [], isDue.1 ? try new.fire() : [])
        }
    }

    /// Finds the pairs among the steps of one moment, and tells those that differ.
    private mutating func compare(_ before: [SimulatedStep], _ after: [SimulatedStep]) {
        var singles: [StepPairs.Single] = []
        for (steps, isNew) in [(before, false), (after, true)] {
            for (index, step) in steps.enumerated() where wants(step.key) {
                singles.append(
                    StepPairs.Single(order: order + index, position: position, step: step, isNew: isNew)
                )
            }
        }
        order += max(before.count, after.count)
        for (old, new) in pairs.take(singles) { tell(old, new) }
    }

    private func wants(_ key: SimulatedStep.Key) -> Bool {
        // Commands answer no event.
        guard key.type.isEmpty else { return request.wants(handler: key.by) }
        return request.wants(commandOf: String(key.by.prefix { $0 != "." }))
    }

    private mutating func tell(_ before: StepPairs.Single, _ after: StepPairs.Single) {
        let (old, new) = (before.step.replayed, after.step.replayed)
        guard let change = diff.count(old, new, by: before.step.key.by) else { return }
        guard told.count < ScriptComparison.toldMax else { return }
        told.append((after.order, changed(change, before.step, old, new, at: before.position)))
    }

    /// What one version alone decided, among what both did, in order.
    private mutating func tellSingles() {
        var lonely: [(order: Int, change: ChangedDecision)] = []
        for single in pairs.singles {
            let gone = ReplayedStep(ending: .gone)
            let (old, new) = single.isNew ? (gone, single.step.replayed) : (single.step.replayed, gone)
            guard let change = diff.count(old, new, by: single.step.key.by),
                lonely.count < ScriptComparison.toldMax
            else { continue }
            lonely.append((single.order, changed(change, single.step, old, new, at: single.position)))
        }
        let all = (told + lonely).sorted { $0.order < $1.order }
        diff.changes = all.prefix(ScriptComparison.toldMax).map(\.change)
    }

    private func changed(
        _ change: DecisionChange,
        _ step: SimulatedStep,
        _ old: ReplayedStep,
        _ new: ReplayedStep,
        at newest: Position
    ) -> ChangedDecision {
        var position = newest
        if case .input(let root) = step.key.root { position = root }
        return ChangedDecision(
            change: change,
            position: position,
            by: step.key.by,
            stream: step.key.stream,
            old: Decision(old),
            new: Decision(new)
        )
    }

    /// The states and the rows where the forks have come to.
    private mutating func compareEnds() throws {
        let definitions = (old.replayer.session.definitions, new.replayer.session.definitions)
        let streams = old.fork.moved.union(new.fork.moved).filter {
            definitions.0.aggregates[$0.category] != nil && definitions.1.aggregates[$0.category] != nil
        }
        try diff.compareStates(of: streams, old.replayer, new.replayer)
        diff.readModels = try RowComparison.run(
            RowSource(session: old.replayer.session, log: old.fork.log),
            RowSource(session: new.replayer.session, log: new.fork.log),
            areSameEvents: old.fork.digest.value == new.fork.digest.value
        )
    }
}

import EventLog

/// Runs the recorded commands and the handled events of a log through two versions of an app, and tells what
/// differs.
///
/// Both versions live on what is recorded: each step sees the log as it was, whatever the versions made of
/// the steps before it. So a difference is one of its own, and not the echo of an earlier one. Where what
/// follows is to be recomputed, `RecomputedComparison` does it.
///
/// Nothing is written. It runs for seconds on the thread that calls it: `Host.diff` gives it one.
public struct ScriptComparison {
    private let request: DiffRequest
    private let log: any EventLog
    private let old: Replayer
    private let new: Replayer
    private var diff: ScriptDiff
    /// Streams that moved, or were decided on: their states are compared at the end.
    private var touched: Set<StreamName> = []

    /// Decisions and states that are told in full; a person looks at a screen of them, a program counts.
    public static let toldMax = 100

    /// Positions between two looks at how far it is, and whether anybody waits: some milliseconds.
    static let stride = 1_000

    /// Compares.
    ///
    /// - Parameters:
    ///   - request: what to compare.
    ///   - log: the log; nothing is written.
    ///   - progress: is told how many positions of how many are done.
    /// - Returns: all that differs.
    /// - Throws: `RuntimeError` when scripts can't be loaded, or the log can't be read; `.stopping` when the
    ///   task is cancelled.
    public static func run(
        _ request: DiffRequest,
        over log: any EventLog,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(RuntimeError) -> ScriptDiff {
        try run(request, over: log, limits: SimulationLimits(), progress: progress)
    }

    static func run(
        _ request: DiffRequest,
        over log: any EventLog,
        limits: SimulationLimits,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(RuntimeError) -> ScriptDiff {
        let last = min(request.to ?? .max, log.lastPosition)
        let first = max(1, request.from ?? 1)
        var comparison = try ScriptComparison(request, log, first, last)
        let (old, new) = (comparison.old.session.definitions, comparison.new.session.definitions)
        try request.check(old, new, end: log.lastPosition)
        guard first <= last else { return comparison.diff }
        do {
            if request.downstream == .recomputed {
                return try RecomputedComparison.run(
                    request,
                    over: log,
                    first...last,
                    limits: limits,
                    progress: progress
                )
            }
            try comparison.compareSteps(first...last, progress)
            if request.isWhole { try comparison.compareEnds(at: last) }
        } catch {
            throw RuntimeError(reading: error)
        }
        return comparison.diff
    }

    private init(
        _ request: DiffRequest,
        _ log: any EventLog,
        _ first: Position,
        _ last: Position
    ) throws(RuntimeError) {
        self.request = request
        self.log = log
        old = try Replayer(request.old, over: log, from: first - 1)
        new = try Replayer(request.new, over: log, from: first - 1)
        diff = ScriptDiff(request, from: first, to: last)
    }

    private mutating func compareSteps(
        _ stretch: ClosedRange<Position>,
        _ progress: (Int, Int) -> Void
    ) throws {
        let handlers = old.session.definitions.handlers + new.session.definitions.handlers
        let walk = try StepWalk(log, over: stretch, handlers: handlers)
        try walk.run { visit in
            switch visit {
            case .event(let event):
                old.past.move(over: event)
                new.past.move(over: event)
                if isAggregate(event.stream) { touched.insert(event.stream) }
                let done = Int(event.position - stretch.lowerBound) + 1
                if done.isMultiple(of: Self.stride) {
                    try Task.checkCancellation()
                    progress(done, stretch.count)
                }
            case .step(let step): if request.wants(step) { try compare(step) }
            }
        }
        progress(stretch.count, stretch.count)
    }

    private func isAggregate(_ stream: StreamName) -> Bool {
        guard !stream.isHostOwned else { return false }
        let category = stream.category
        return old.session.definitions.aggregates[category] != nil
            && new.session.definitions.aggregates[category] != nil
    }

    private mutating func compare(_ step: RecordedStep) throws(EventLogError) {
        let (before, after) = (try old.run(step), try new.run(step))
        if case .command(let command, _) = step.cause, command.now == nil { diff.timeless += 1 }
        guard let change = diff.count(before, after, by: step.by), diff.changes.count < Self.toldMax else {
            return
        }
        diff.changes.append(
            ChangedDecision(
                change: change,
                position: step.position,
                by: step.by,
                stream: step.stream,
                old: Decision(before),
                new: Decision(after)
            )
        )
    }

    private mutating func compareEnds(at end: Position) throws {
        try diff.compareStates(of: touched, old, new)
        diff.readModels = try RowComparison.run(
            RowSource(session: old.session, log: log, end: end),
            RowSource(session: new.session, log: log, end: end),
            areSameEvents: true
        )
    }
}

extension ScriptDiff {
    init(_ request: DiffRequest, from first: Position, to last: Position) {
        self.init(
            downstream: request.downstream,
            from: first,
            to: last,
            old: request.old.hash,
            new: request.new.hash
        )
    }

    /// Counts a step; returns how it differs, if it does.
    mutating func count(_ before: ReplayedStep, _ after: ReplayedStep, by name: String) -> DecisionChange? {
        var tally = tallies[name] ?? DiffTally()
        tally.steps += 1
        tally.oldInstructions += before.instructions
        tally.newInstructions += after.instructions
        if case .callsOut = after.ending { callingOut += 1 }
        let change = DecisionChange(before, after)
        if let change { tally.changes[change, default: 0] += 1 }
        tallies[name] = tally
        return change
    }

    /// Compares aggregates as they are where two replays have come to.
    mutating func compareStates(
        of streams: Set<StreamName>,
        _ old: Replayer,
        _ new: Replayer
    ) throws {
        for stream in streams.sorted(by: { $0.text < $1.text }) {
            if statesCompared.isMultiple(of: ScriptComparison.stride) { try Task.checkCancellation() }
            statesCompared += 1
            let (before, after) = (try old.state(of: stream), try new.state(of: stream))
            guard before != after else { continue }
            statesChanged += 1
            guard states.count < ScriptComparison.toldMax else { continue }
            states.append(ChangedState(stream: stream.text, old: before, new: after))
        }
    }
}

extension DecisionChange {
    /// How two replays of one step differ; nil when they don't.
    init?(_ old: ReplayedStep, _ new: ReplayedStep) {
        guard !old.isSame(as: new) else { return nil }
        switch (old.ending, new.ending) {
        // Both fail, in two ways: nothing becomes true in either.
        case (.failed, .failed): return nil
        case (_, .failed): self = .failing
        case (.failed, _): self = .mended
        // What isn't there any more, or not yet, refuses nothing.
        case (_, .gone):
            guard old.decides else { return nil }
            self = .lost
        case (.gone, _):
            guard new.decides else { return nil }
            self = .added
        default:
            if old.refusal == nil, new.refusal != nil {
                self = .refused
            } else if old.refusal != nil, new.refusal == nil {
                self = .accepted
            } else {
                switch (old.decides, new.decides) {
                case (false, false) where old.refusal == new.refusal: return nil
                case (true, false): self = .lost
                case (false, true): self = .added
                default: self = .changed
                }
            }
        }
    }
}

extension ReplayedStep {
    /// What it asks for beside the records of its commands.
    fileprivate var asked: [NewEvent] { events.filter { $0.stream.category != CommandRecord.category } }

    fileprivate var decides: Bool { events.contains { $0.stream.category != CommandRecord.category } }
}

extension Decision {
    init(_ step: ReplayedStep) {
        events = step.asked.map {
            Event(stream: $0.stream.text, type: $0.type, data: $0.data, tags: $0.tags)
        }
        refusal = step.refusal
        switch step.ending {
        case .decided: end = nil
        case .aborted: end = "aborted"
        case .failed(let failure): end = "fails: \(failure.summary)"
        case .callsOut(let method, let url): end = "calls out: \(method) \(url)"
        case .gone: end = "isn't there"
        }
    }
}

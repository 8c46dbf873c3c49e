import EventLog

/// What scripts that are to go live make of the newest events.
///
/// They run in two VMs with different hash seeds and different pasts, so that what depends on the order
/// inside a table shows, and what a script keeps between steps outside its state: for that, the second VM
/// runs the first step of each processor twice.
///
/// A step that fails counts unless it fails with the live scripts too; so does one of a handler that is new.
/// What the log has as failed already is no news: a set that was live may come back with its parked events.
/// A handler, an aggregate or a command that is gone counts for nothing: taking one away is a decision. Only
/// a sent command that nobody has delivered yet, and now nobody could, counts. A step that calls out is run
/// up to its call.
///
/// Called before a publish goes live; milliseconds for a few hundred events.
struct ReplayCheck {
    private let live: ScriptSet?
    private let log: any EventLog
    private let stretch: ClosedRange<Position>
    private let replayers: [Replayer]
    /// Made when the first step fails.
    private var liveReplayer: Replayer?
    private var failures: [ScriptFailure] = []
    private var told: Set<String> = []
    /// Processors and commands of which a step was rehearsed.
    private var rehearsed: Set<String> = []
    /// By handler whose steps fail: positions that its parked records name.
    private var setAside: [String: Set<Position>] = [:]

    /// Replays the newest events.
    ///
    /// - Parameters:
    ///   - scripts: the app as it would be.
    ///   - live: the app as it is; nil for a first one.
    ///   - log: the log; nothing is written.
    ///   - count: how many of its newest events.
    /// - Returns: each different failure once, at its line.
    /// - Throws: `RuntimeError` when scripts can't be loaded or the log can't be read.
    static func run(
        _ scripts: ScriptSet,
        live: ScriptSet?,
        over log: any EventLog,
        newest count: Int
    ) throws(RuntimeError) -> [ScriptFailure] {
        let end = log.lastPosition
        guard end > 0, count > 0 else { return [] }
        var check = try ReplayCheck(scripts, live, log, (end - min(end, Position(count)) + 1)...end)
        try check.run()
        return check.failures
    }

    private init(
        _ scripts: ScriptSet,
        _ live: ScriptSet?,
        _ log: any EventLog,
        _ stretch: ClosedRange<Position>
    ) throws(RuntimeError) {
        self.live = live
        self.log = log
        self.stretch = stretch
        let seed = log.identity.scriptSeed
        var replayers: [Replayer] = []
        // Any two will do, as long as they differ.
        for seed in [seed, seed ^ 0x9E37_79B9] {
            let start = stretch.lowerBound - 1
            replayers.append(try Replayer(scripts, over: log, from: start, seed: seed, traces: true))
        }
        self.replayers = replayers
    }

    private mutating func run() throws(RuntimeError) {
        do {
            let walk = try StepWalk(log, over: stretch, handlers: replayers[0].session.definitions.handlers)
            try walk.run { visit in
                switch visit {
                case .event(let event): for replayer in replayers { replayer.past.move(over: event) }
                case .step(let step): try check(step)
                }
            }
        } catch {
            throw RuntimeError(reading: error)
        }
    }

    private mutating func check(_ step: RecordedStep) throws {
        if rehearsed.insert(step.by).inserted { _ = try replayers[1].run(step, isRehearsal: true) }
        let runs = try replayers.map { try $0.run(step) }
        guard runs[0].isSame(as: runs[1]) else { return add(Self.difference(runs, of: step)) }
        guard case .failed(let failure) = runs[0].ending else { return }
        if isDelivered(step) { return }
        guard try !hasFailed(step), try !failsLive(step) else { return }
        add(failure)
    }

    /// Whether a step is the delivery of a sent command that was decided long ago.
    private func isDelivered(_ step: RecordedStep) -> Bool {
        guard case .event(let sent, handler: "$sender") = step.cause, step.stamp != nil,
            // One that can't be read is none of this host's making, and isn't delivered.
            let command = try? RecordedCommand(sent)
        else { return false }
        return replayers[0].session.definitions.aggregates[command.aggregate]?.contains(command.name) != true
    }

    /// Whether the log has the step as one that was set aside or parked.
    private mutating func hasFailed(_ step: RecordedStep) throws -> Bool {
        guard case .event(let event, let handler) = step.cause else { return false }
        if let known = setAside[handler] { return known.contains(event.position) }
        var positions: Set<Position> = []
        var records = ReadRequest(.stream(try ParkedRecord.stream(of: handler)), after: stretch.lowerBound)
        while true {
            let page = try log.read(records)
            for record in page.events {
                guard let position = try JSONValue(parsing: record.data)["position"]?.integer else {
                    continue
                }
                positions.insert(Position(clamping: position))
            }
            guard !page.reachedEnd else { break }
            records.after = page.scannedTo
        }
        setAside[handler] = positions
        return positions.contains(event.position)
    }

    private mutating func failsLive(_ step: RecordedStep) throws -> Bool {
        guard let live else { return false }
        let replayer: Replayer
        if let made = liveReplayer {
            replayer = made
        } else {
            replayer = try Replayer(live, over: log, from: step.end)
        }
        liveReplayer = replayer
        replayer.past.move(to: step.end)
        if case .failed = try replayer.run(step).ending { return true }
        return false
    }

    private mutating func add(_ failure: ScriptFailure) {
        guard told.insert("\(failure.code) \(failure.file):\(failure.line)").inserted else { return }
        failures.append(failure)
    }

    private static func difference(_ runs: [ReplayedStep], of step: RecordedStep) -> ScriptFailure {
        let (events, others) = (runs[0].events, runs[1].events)
        let place = zip(events, others).enumerated().first {
            $1.0.data != $1.1.data || $1.0.type != $1.1.type
        }
        let index = place?.offset ?? min(events.count, others.count)
        let places = runs[0].places.indices.contains(index) ? runs[0].places : runs[1].places
        let parts = (places.indices.contains(index) ? places[index] : "").split(separator: ":")
        let summary = "the same step did two different things in two VMs"
        let hint = "it depends on something outside its event and its state, such as a local of its file"
        let file = parts.first.map(String.init) ?? ""
        let line = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        return ScriptFailure(
            code: "step-not-deterministic",
            summary: summary,
            file: file,
            line: line,
            context: step.context,
            hint: hint,
            text: (file.isEmpty ? "" : "\(file):\(line): ")
                + "\(summary)\n  in \(step.context)\n  hint: \(hint)"
        )
    }
}

import EventLog

/// An app that lives through what came from outside, on a fork of a log: what it decides replaces what is
/// recorded, and what follows from that is decided by the same scripts.
///
/// It does what a host does with its lanes, workers and clock, one thing after the other and in an order of
/// its own, so that two versions can be compared (`Decisions/0018-the-order-of-a-simulation.md`):
/// - an input, then everything that follows from it, event by event in the order of the fork, each by its
///   handlers in the order in which they are declared;
/// - what falls due until the next input comes first, at its time; all that follows has the time of what it
///   follows from.
///
/// A step that fails holds up its key, as with a host that nobody looks after. Nothing is written but to the
/// fork, in memory. Owned by one thread; called by `RecomputedComparison`.
final class Simulation {
    /// Where it all happens.
    private(set) var fork: SimulatedFork

    let replayer: Replayer

    /// Steps that weren't run, since an earlier event of their key failed.
    private(set) var heldUp = 0

    let outcomes: RecordedOutcomes
    var schedules: [Schedule]
    var timers = WaitingTimers()
    /// Of timers that wait: what set them, and where they are recorded.
    var timerOrigins: [Position: (root: SimulatedStep.Root, recorded: Position?)] = [:]

    private let version: String
    private let followingMax: Int
    private let table: RoutingTable
    private let routings: [Routing]
    private var held: [String: Set<StreamName>] = [:]
    private var stopped: Set<String> = []
    /// Everything on the fork up to here has been given to its handlers.
    private var handled: Position
    private var root = SimulatedStep.Root.input(0)
    private var steps: [SimulatedStep] = []

    /// Loads an app on a fork.
    ///
    /// - Parameters:
    ///   - scripts: the app.
    ///   - log: what is forked, and what was recorded.
    ///   - start: the last position that is taken over.
    ///   - outcomes: what is recorded behind it.
    ///   - beginning: when the stretch begins.
    ///   - version: whose steps these are, for errors: `the new scripts`.
    ///   - limits: how large it may become.
    /// - Throws: `RuntimeError` when the app can't be loaded.
    init(
        _ scripts: ScriptSet,
        over log: any EventLog,
        behind start: Position,
        _ outcomes: RecordedOutcomes,
        time beginning: LogTime,
        version: String,
        limits: SimulationLimits
    ) throws {
        fork = try SimulatedFork(
            of: log,
            behind: start,
            time: beginning,
            version: version,
            bytesMax: limits.bytes
        )
        let end = fork.log.lastPosition
        replayer = try Replayer(scripts, over: fork.log, from: end)
        (self.outcomes, self.version, followingMax, handled) = (outcomes, version, limits.following, end)
        let definitions = replayer.session.definitions
        table = RoutingTable(definitions.handlers.map(\.routes))
        routings = definitions.handlers.map { Routing($0.routes, tags: $0.tags) }
        let last = try fork.log.event(at: end)?.time
        schedules = try Self.schedules(definitions.schedules, in: fork.log, behind: last ?? beginning)
        timers.ready()
    }

    /// Lets an input come, and everything that follows from it.
    ///
    /// - Returns: the steps, in order.
    func take(_ input: RecordedInput) throws -> [SimulatedStep] {
        root = .input(input.position)
        set(time: input.time)
        switch input.kind {
        case .command(let command, let record): try decide(command, record)
        case .events(let events): try add { try $0.add(again: events) }
        }
        return try follow()
    }

    func set(time: LogTime) { fork.set(time: time) }

    /// Adds what time alone brings, and lets everything follow.
    func take(
        _ events: [NewEvent],
        of root: SimulatedStep.Root,
        _ lineage: EventLineage
    ) throws
        -> [SimulatedStep]
    {
        self.root = root
        try add { try $0.add(events, lineage) }
        return try follow()
    }

    /// Adds to the fork, which steps see from then on.
    private func add(_ body: (inout SimulatedFork) throws -> Void) throws {
        try body(&fork)
        replayer.past.move(to: fork.log.lastPosition)
    }

    private func decide(_ command: RecordedCommand, _ record: RecordedEvent) throws {
        let stamp = StepStamp(of: record)
        let by = "\(command.aggregate).\(command.name)"
        let step = RecordedStep(
            cause: .command(command, record: record),
            end: fork.log.lastPosition,
            events: try outcomes.events(by: stamp?.by ?? by, on: record.position),
            stamp: stamp
        )
        try run(step, type: "", cause: record)
    }

    /// Gives the events of the fork to their handlers until there are no more.
    private func follow() throws -> [SimulatedStep] {
        while handled < fork.log.lastPosition {
            let page = try fork.log.read(ReadRequest(.all, after: handled, limit: RuntimeLimits.readPage))
            for event in page.events {
                try handle(event)
                handled = event.position
            }
        }
        defer { steps = [] }
        return steps
    }

    private func handle(_ event: RecordedEvent) throws {
        if handled.isMultiple(of: Position(ScriptComparison.stride)) { try Task.checkCancellation() }
        let known = fork.recordedPosition(of: event)
        try note(timer: event, root, recorded: known)
        for place in places(of: event) {
            let handler = replayer.session.definitions.handlers[place]
            guard !stopped.contains(handler.name), held[handler.name]?.contains(event.stream) != true else {
                heldUp += 1
                continue
            }
            guard steps.count < followingMax else { throw endless() }
            let step = RecordedStep(
                cause: .event(event, handler: handler.name),
                end: fork.log.lastPosition,
                events: try known.map { try outcomes.events(by: handler.name, on: $0) } ?? [],
                stamp: nil,
                knownAs: known ?? EventLineage.place(of: event.id)
            )
            guard case .failed = try run(step, type: event.type, cause: event, known) else { continue }
            if handler.stopsOnFailure {
                stopped.insert(handler.name)
            } else {
                held[handler.name, default: []].insert(event.stream)
            }
        }
    }

    /// The handlers that want an event, in the order in which they are declared.
    private func places(of event: RecordedEvent) -> [Int] {
        var places: [Int] = []
        table.forEachHandler(of: event.stream.category, event.type) { place in
            if !places.contains(place), routings[place].hasTags(event) { places.append(place) }
        }
        return places.sorted()
    }

    @discardableResult
    private func run(
        _ step: RecordedStep,
        type: String,
        cause: RecordedEvent,
        _ known: Position? = nil
    ) throws -> ReplayedStep.Ending {
        let lineage = EventLineage(by: step.by, cause: cause.id, recorded: step.events)
        let replayed = try replayer.run(step) { replayed in
            var events = replayed.events
            switch replayed.ending {
            case .decided, .aborted: break
            case .failed, .gone: return
            case .callsOut:
                // What it was answered is in what it left.
                guard try fork.isRecorded(cause, at: known) else { return }
                events = step.events.map(NewEvent.init(again:))
            }
            // The record of a command carries the id that its events name as their cause.
            if case .command = step.cause, !events.isEmpty { events[0].id = cause.id }
            try add { try $0.add(events, lineage) }
        }
        let key = SimulatedStep.Key(root: root, by: step.by, stream: step.stream, type: type)
        steps.append(SimulatedStep(key: key, replayed: replayed))
        return replayed.ending
    }

    private func endless() -> RuntimeError {
        .script(ScriptFailure(endless: steps, limit: followingMax, of: version, from: root))
    }
}

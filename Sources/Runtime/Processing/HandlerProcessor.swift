import EventLog
import Logging

/// A running handler: reads the log, routes events to its lanes, has steps run, commits effects and
/// marks.
///
/// Invariants:
/// - a lane's mark moves only from the value that the log holds; exactly-once, in the frame that holds the
///   effects of the events it moves over; at-least-once, in the frame behind that one; at-most-once, in one
///   before the steps run (`HandlerProcessor+Claims.swift`);
/// - events of one stream are dealt with in order, by one lane, on one worker;
/// - a failing event holds up its own key alone, which waits, and then is parked
///   (`HandlerProcessor+Waiting.swift`).
///
/// The pump fills the lanes until it has caught up, then the router does, which reads for all; a few group
/// loops for each worker empty those that are its own:
///
///     log → pump ───┬→ lanes → work → worker → frame → log
///     log → router ─┘    ↑                ↓ failed
///                        └── wait, retry ─┴→ park
///
/// Started and stopped by `Host`.
actor HandlerProcessor {
    nonisolated let name: String
    let context: ProcessorContext

    /// What the scripts say that decide; exchanged by `adopt` alone.
    private(set) var definition: HandlerDefinition
    private(set) var version: ScriptVersion
    private(set) var routing: Routing
    private(set) var router: Router

    var lanes: [Lane] = []
    var parked: ParkedEvents
    /// How far its events are in its lanes, and who brings more; `HandlerProcessor+Reading.swift` alone
    /// changes it while it runs.
    var reading = Reading()
    /// Whether the log knew nothing of the processor when it was read.
    private var isNew: Bool
    var isPaused = false
    /// Why it stopped by itself; nil while it runs.
    var stopReason: ScriptFailure?
    var lastFailure: ScriptFailure?
    var steps = 0
    /// Decisions taken again in a row because other writers were faster, by group.
    var conflicts: [Int]
    var repairs: [[Repair]]
    /// What steps that aren't dealt with were told, by the position of their event.
    var answers: [Position: StepAnswers] = [:]
    /// Calls that run, by the lane that waits for them.
    var calls: [Int: Task<Void, Never>] = [:]
    /// Calls of events that were set aside and are tried again, by stream.
    var keyCalls: [StreamName: Task<Void, Never>] = [:]
    /// Events that were set aside and that at-most-once tries now: the log has them as given up.
    var claimedRetries: Set<Position> = []
    /// Whether a step of it has ever called out.
    var makesCalls = false

    /// Whether the pump and the groups are to go on.
    private(set) var isRunning = false
    /// Whether the host stops, for good.
    private(set) var isStopping = false
    private var tasks: [Task<Void, Never>] = []
    /// The newest `end`, which everybody who ends waits for; so two can't each start anew.
    private var ending: Task<Void, Never>?
    private var isRestarting = false
    /// Waits of lanes.
    var timers: [Int: Task<Void, Never>] = [:]
    /// Waits of keys, by the position of their first event.
    var retryTimers: [Position: Task<Void, Never>] = [:]
    /// Keys whose wait is on its way into the log.
    var beingSetAside = 0
    /// First events of keys that have waited, by group.
    var due: [[Position]]
    private var signals: [Signal] = []
    private(set) var room = Signal()

    /// Reads the processor's marks and parked events.
    init(
        _ definition: HandlerDefinition,
        of version: ScriptVersion,
        router: Router,
        context: ProcessorContext
    ) throws {
        name = definition.name
        self.definition = definition
        self.version = version
        self.router = router
        self.context = context
        routing = Routing(definition.routes, tags: definition.tags)
        conflicts = Array(repeating: 0, count: context.pool.groupsMax)
        repairs = Array(repeating: [], count: context.pool.groupsMax)
        due = Array(repeating: [], count: context.pool.groupsMax)
        let marks = try context.log.marks(of: definition.name)
        isNew = marks.isEmpty
        lanes = (0..<RuntimeLimits.lanes).map { Lane(mark: marks[$0] ?? 0) }
        parked = try ParkedEvents(of: definition.name, log: context.log)
        reading = Reading(from: lanes.map(\.mark).min() ?? 0)
    }

    /// Reads again what the log holds of the processor: where its lanes stand, and what it gave up on.
    func readRecords() throws {
        let marks = try context.log.marks(of: definition.name)
        let parked = try ParkedEvents(of: definition.name, log: context.log)
        isNew = marks.isEmpty
        lanes = (0..<RuntimeLimits.lanes).map { Lane(mark: marks[$0] ?? 0) }
        self.parked = parked
        reading.begin(from: lanes.map(\.mark).min() ?? 0)
    }

    /// Records where the very first start begins, when the handler says so; `start` goes on from there.
    func begin() async {
        guard isNew, definition.from != .beginning else { return }
        do {
            let position = try await definition.from.begin(definition.name, in: context.log)
            for lane in lanes.indices { lanes[lane].mark = position }
            reading.read = position
            isNew = false
        } catch {
            halt(ScriptFailure(stopping: error, of: definition.name))
        }
    }

    /// Begins to read and to process.
    func start() {
        isRunning = true
        room = Signal()
        signals = (0..<groups).map { _ in Signal() }
        tasks = [Task { await pump() }]
        scheduleRetries()
        for group in signals.indices {
            tasks.append(Task { await runGroup(group) })
            wake(group)
        }
    }

    /// Ends after the steps that run now; they are committed, or they never happened.
    func stop() async {
        isStopping = true
        await end()
        for group in repairs.indices { refuseRepairs(of: group) }
    }

    /// Ends what runs; `start` begins again.
    func end() async {
        isRunning = false
        cancelWaits()
        for signal in signals { signal.finish() }
        room.finish()
        // Nobody waits for them any more; those who would begin one find that nothing runs.
        let called = Array(calls.values) + Array(keyCalls.values)
        for call in called { call.cancel() }
        // The pump may be waiting for events; the groups end by their signals, and are not interrupted.
        tasks.first?.cancel()
        let (running, earlier) = (tasks, ending)
        tasks = []
        let all = Task {
            await earlier?.value
            for task in called + running { await task.value }
        }
        ending = all
        await all.value
        leave()
        // A group that failed a step on its way out may have begun a wait.
        cancelWaits()
        (answers, claimedRetries) = ([:], [])
    }

    private func cancelWaits() {
        for timer in timers.values { timer.cancel() }
        for timer in retryTimers.values { timer.cancel() }
        (timers, retryTimers) = ([:], [:])
        for group in due.indices { due[group] = [] }
    }

    /// Goes by another definition, of a version that decides from now on.
    ///
    /// The events in its lanes stay there, so both must want the same.
    func adopt(_ definition: HandlerDefinition, of version: ScriptVersion, router: Router) {
        if reading.takes { leave() }
        self.definition = definition
        self.version = version
        self.router = router
        routing = Routing(definition.routes, tags: definition.tags)
    }

    /// The same, when its lanes take other events, or move their marks at another moment; between `end` and
    /// `start`.
    func begin(anew definition: HandlerDefinition, of version: ScriptVersion, router: Router) {
        adopt(definition, of: version, router: router)
        do {
            try readRecords()
        } catch {
            halt(ScriptFailure(stopping: error, of: name))
        }
    }

    /// No further step begins until `resume`.
    func pause() { isPaused = true }

    /// Goes on after a pause; after the processor stopped by itself it begins anew from what the log holds
    /// now.
    func resume() async throws {
        isPaused = false
        guard stopReason != nil, !isRestarting else { return wakeAll() }
        isRestarting = true
        defer { isRestarting = false }
        await end()
        guard !isStopping else { return }
        do {
            try readRecords()
        } catch {
            for group in repairs.indices { refuseRepairs(of: group) }
            throw error
        }
        stopReason = nil
        await begin()
        start()
    }

    /// Whether repairs are taken: some loop is there to carry them out.
    var takesRepairs: Bool { isRunning }

    var mayProcess: Bool { isRunning && !isPaused && stopReason == nil }

    func wake(_ group: Int) { signals[group].raise() }

    func wakeAll() { for signal in signals { signal.raise() } }

    /// The processor stops by itself: it needs a person, and says so.
    func halt(_ failure: ScriptFailure) {
        stopReason = failure
        lastFailure = failure
        context.logger.error("\(definition.name) stopped: \(failure.text)")
    }

    /// The group, and so the worker, that a lane belongs to.
    func group(of lane: Int) -> Int { lane % groups }

    /// How many groups its lanes are in, as its definition delivers now.
    var groups: Int { context.pool.groups(of: definition.delivery) }

    /// The worker that runs the steps of a group.
    func worker(of group: Int) -> ScriptWorker { context.pool.worker(of: group) }

    private func runGroup(_ group: Int) async {
        while await signals[group].next() {
            while isRunning, await turn(of: group) {
                if !reading.takes { room.raise() }
            }
        }
        await finishClaimed(of: group)
    }
}

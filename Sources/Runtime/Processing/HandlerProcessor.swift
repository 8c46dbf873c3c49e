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
    private var router: Router

    var lanes: [Lane] = []
    var parked: ParkedEvents
    /// Everything up to here was read, by the pump or by the router, and put into lanes.
    private var read: Position = 0
    /// Everything up to here was read by the pump: lanes with nothing of it for them soon move their marks.
    private(set) var pumped: Position = 0
    /// Whether the router brings events, or will when the pump's wish to join is answered.
    private var takes = false
    /// Whether the router has answered: then `read` goes on with what it reaches.
    private var hasJoined = false
    /// Names the newest wish to join: what an earlier one brings is refused.
    private var ticket: UInt64 = 0
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
    private var room = Signal()

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
        read = lanes.map(\.mark).min() ?? 0
    }

    /// Reads again what the log holds of the processor: where its lanes stand, and what it gave up on.
    func readRecords() throws {
        let marks = try context.log.marks(of: definition.name)
        let parked = try ParkedEvents(of: definition.name, log: context.log)
        isNew = marks.isEmpty
        lanes = (0..<RuntimeLimits.lanes).map { Lane(mark: marks[$0] ?? 0) }
        self.parked = parked
        (read, pumped) = (lanes.map(\.mark).min() ?? 0, 0)
    }

    /// Records where the very first start begins, when the handler says so; `start` goes on from there.
    func begin() async {
        guard isNew, definition.from != .beginning else { return }
        do {
            let position = try await definition.from.begin(definition.name, in: context.log)
            for lane in lanes.indices { lanes[lane].mark = position }
            read = position
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
        if takes { leave() }
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

    private func pump() async {
        while isRunning {
            if takes || hasReadEnough {
                await room.wait()
                continue
            }
            do {
                let page = try context.log.read(
                    ReadRequest(routing.filter, after: read, limit: RuntimeLimits.readPage)
                )
                pumped = max(pumped, page.scannedTo)
                enqueue(routing.wanted(of: page.events), through: page.scannedTo)
                if page.reachedEnd, !hasReadEnough { try await join() }
            } catch {
                if isRunning { halt(ScriptFailure(stopping: error, of: definition.name)) }
                return
            }
        }
    }

    /// Everything up to here has been read and put into lanes.
    var scanned: Position { hasJoined ? max(read, router.reached) : read }

    /// Asks the router to bring what comes behind what was read; waits for the log itself if it can't.
    private func join() async throws {
        ticket += 1
        takes = true
        let mine = ticket
        let answer = await router.join(
            definition.index - 1,
            at: read,
            take: { events, position in await self.take(events, through: position, mine) },
            leave: { await self.leave(mine) }
        )
        switch answer {
        case .joined: hasJoined = takes && ticket == mine
        case .behind: takes = false
        case .closed:
            takes = false
            try await context.log.waitForEvent(after: read)
        }
    }

    /// What the router brings: all that is wanted up to a position; false when the processor reads on alone.
    private func take(_ events: [RecordedEvent], through position: Position, _ ticket: UInt64) -> Bool {
        guard takes, isRunning, ticket == self.ticket else { return false }
        enqueue(events, through: position)
        if hasReadEnough { leave() }
        return takes
    }

    private func leave(_ ticket: UInt64) {
        if ticket == self.ticket { leave() }
    }

    /// From here on the pump reads again.
    private func leave() {
        read = scanned
        (takes, hasJoined) = (false, false)
        room.raise()
    }

    /// A lane that waits to try again, or for an answer, must not keep the others from reading on, so it may
    /// queue more than they.
    private var hasReadEnough: Bool {
        var (waiting, running) = (0, 0)
        for lane in lanes.indices {
            let count = lanes[lane].queue.count
            if lanes[lane].isHeld { waiting += count } else { running += count }
        }
        return running >= RuntimeLimits.backlogMax || waiting >= RuntimeLimits.waitingBacklogMax
    }

    /// Puts events into their lanes, all that are wanted up to a position.
    ///
    /// The router may bring again what the pump has read, and a lane's mark may be further than what is read.
    private func enqueue(_ events: [RecordedEvent], through position: Position) {
        var isWoken = Array(repeating: false, count: groups)
        for event in events where event.position > read {
            let lane = Lane.of(event)
            guard event.position > lanes[lane].mark else { continue }
            lanes[lane].queue.append(event)
            isWoken[group(of: lane)] = true
        }
        read = max(read, position)
        for group in isWoken.indices where isWoken[group] { wake(group) }
        let newest = newestMark
        if lanes.contains(where: { isIdle($0, newest) }) { wakeAll() }
    }

    /// The mark of the lane that has come furthest.
    var newestMark: Position { lanes.map(\.mark).max() ?? 0 }

    /// Whether a lane has nothing to do, and a mark that lags.
    ///
    /// Beside lanes that move, or behind a backlog that was read, it moves soon, to spare a restart the same
    /// reading; where nothing happens for the processor it moves seldom, so that thousands of idle handlers
    /// cost next to no flushes.
    func isIdle(_ lane: Lane, _ newestMark: Position) -> Bool {
        guard lane.queue.isEmpty else { return false }
        return lane.mark + RuntimeLimits.idleMarkLag < max(newestMark, pumped)
            || lane.mark + RuntimeLimits.quietMarkLag < scanned
    }

    private func runGroup(_ group: Int) async {
        while await signals[group].next() {
            while isRunning, await turn(of: group) {
                if !takes { room.raise() }
            }
        }
        await finishClaimed(of: group)
    }
}

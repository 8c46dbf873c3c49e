import EventLog
import Logging

/// Makes events of what is due: timers become sent commands, schedules tick.
///
/// It decides nothing: `$sender` delivers the commands, and each schedule is a handler of its ticks, with
/// their retries and parking. Invariants:
/// - a timer fires once: the fact that it fired, and the command, are one frame, which is committed only by
///   the timekeeper that the log knows as the newest (the mark `fenceLane` moves with each of its frames);
/// - a tick is recorded once, in the order of time: counted from the newest that is recorded;
/// - nothing polls: the pump is woken by commits, the ringer by one alarm, for whatever is due next.
///
///     log ($timer) → pump → WaitingTimers ─┬→ ringer → frame → log ($sent, $schedule) → handlers
///                              schedules ──┘     ↑ alarm
///
/// Started and stopped by `Host`.
actor Timekeeper {
    /// How it is called as a processor.
    static let name = "$timers"

    /// The lane of the mark up to which a start needs no events.
    static let readLane = 0

    /// The lane of the mark that every frame moves.
    static let fenceLane = 1

    private(set) var definitions: [ScheduleDefinition]
    let context: ProcessorContext
    let sizes: SnapshotSizes

    var timers = WaitingTimers()
    var schedules: [Schedule] = []
    /// Everything up to here has been folded.
    private(set) var scanned: Position = 0
    var marks: [Int: Position] = [:]
    private(set) var isPaused = false
    private(set) var stopReason: ScriptFailure?
    var fired = 0
    private(set) var isStopping = false

    /// When the first of the timers was due that are being committed; nil in between.
    var firing: LogTime?

    private var isRunning = false
    /// Whether nothing may fire, since the scripts are being exchanged.
    private var isHeld = false
    /// Whether the ringer is at work, and those who wait until it isn't.
    private var isFiring = false
    private var atRest: [CheckedContinuation<Void, Never>] = []
    private var isReady = false
    private var signal = Signal()
    private var tasks: [Task<Void, Never>] = []
    /// The newest `end`, which everybody who ends waits for.
    private var ending: Task<Void, Never>?
    private var isRestarting = false
    private var alarm: (due: LogTime, task: Task<Void, Never>)?

    /// Reads the marks, and where each schedule stands.
    init(
        _ definitions: [ScheduleDefinition],
        context: ProcessorContext,
        sizes: SnapshotSizes = SnapshotSizes()
    ) throws {
        self.definitions = definitions
        self.context = context
        self.sizes = sizes
        marks = try context.log.marks(of: Self.name)
        scanned = marks[Self.readLane] ?? 0
        schedules = try definitions.map { try Schedule($0, log: context.log) }
    }

    /// Records the rules that the log doesn't know, then begins to read and to fire.
    func start() async {
        isRunning = true
        signal = Signal()
        do { try await recordRules() } catch { halt(error) }
        // Stopped meanwhile.
        guard isRunning else { return }
        tasks = [Task { await pump() }, Task { await ring() }]
    }

    /// Ends behind the frame that is being committed.
    func stop() async {
        isStopping = true
        await end()
    }

    /// Fires nothing more until `goOn`; waits for what is being committed.
    func hold() async {
        isHeld = true
        while isFiring { await withCheckedContinuation { atRest.append($0) } }
    }

    /// Fires again, by these schedules.
    func goOn(with definitions: [ScheduleDefinition]) async {
        isHeld = false
        guard definitions != self.definitions else { return signal.raise() }
        self.definitions = definitions
        guard isRunning else { return }
        await end()
        guard !isStopping else { return }
        // What it stopped for before stays so until a person has looked.
        let stopped = stopReason
        do {
            try readRecords()
            await start()
        } catch {
            halt(error)
        }
        stopReason = stopReason ?? stopped
    }

    /// Reads again where the timers and the schedules stand.
    private func readRecords() throws {
        marks = try context.log.marks(of: Self.name)
        scanned = marks[Self.readLane] ?? 0
        schedules = try definitions.map { try Schedule($0, log: context.log) }
        (timers, isReady) = (WaitingTimers(), false)
    }

    private func end() async {
        isRunning = false
        alarm?.task.cancel()
        alarm = nil
        signal.finish()
        // The pump may be waiting for events; the ringer ends by its signal, and is not interrupted.
        tasks.first?.cancel()
        let (running, earlier) = (tasks, ending)
        tasks = []
        let all = Task {
            await earlier?.value
            for task in running { await task.value }
        }
        ending = all
        await all.value
    }

    /// Nothing fires until `resume`.
    func pause() { isPaused = true }

    /// Goes on; after it stopped by itself it begins anew from what the log holds now.
    func resume() async throws {
        isPaused = false
        guard stopReason != nil, !isRestarting else { return signal.raise() }
        isRestarting = true
        defer { isRestarting = false }
        await end()
        guard !isStopping else { return }
        try readRecords()
        stopReason = nil
        await start()
    }

    private func halt(_ error: any Error) {
        let failure = ScriptFailure(stopping: error, of: Self.name)
        stopReason = failure
        context.logger.error("\(Self.name) stopped: \(failure.text)")
    }

    /// What the alarm is set for: the earliest of all that waits, in microseconds.
    var nextDue: LogTime? {
        let tick = schedules.compactMap(\.next).min().map { $0 * 1_000_000 }
        return [firing, timers.next.map { $0.due * 1_000 }, tick].compactMap(\.self).min()
    }

    private func pump() async {
        let filter = EventFilter.category(TimerRecord.category)
        while isRunning {
            do {
                let page = try context.log.read(
                    ReadRequest(filter, after: scanned, limit: RuntimeLimits.readPage)
                )
                for event in page.events { try timers.fold(event) }
                scanned = page.scannedTo
                guard page.reachedEnd else { continue }
                if !isReady {
                    timers.ready()
                    isReady = true
                    signal.raise()
                } else if !page.events.isEmpty {
                    signal.raise()
                }
                try await context.log.waitForEvent(after: scanned)
            } catch {
                if isRunning { halt(error) }
                return
            }
        }
    }

    private func ring() async {
        while await signal.next() {
            isFiring = true
            defer { rest() }
            do {
                while mayFire, try await fireDue() {}
                if mayFire, timers.wantsSnapshot(sizes) { try await writeSnapshot() }
                setAlarm()
            } catch {
                halt(error)
            }
        }
    }

    private func rest() {
        isFiring = false
        let waiting = atRest
        atRest = []
        for continuation in waiting { continuation.resume() }
    }

    private var mayFire: Bool { isRunning && isReady && !isPaused && !isHeld && stopReason == nil }

    /// One task sleeps, for the earliest of all that waits.
    private func setAlarm() {
        guard mayFire, let due = nextDue else { return }
        if let alarm, alarm.due == due { return }
        alarm?.task.cancel()
        let clock = context.clock
        let task = Task {
            // The machine's clock may be set while it sleeps, so it looks again now and then.
            let wait = min(max(0, due - clock.now()), Self.sleepMax)
            // Cancelled means that something else is due earlier, or that the host stops.
            guard (try? await clock.sleep(wait)) != nil, !Task.isCancelled else { return }
            rang()
        }
        alarm = (due, task)
    }

    /// Microseconds of one sleep: how late a timer is at most when the machine's clock is set forward.
    private static let sleepMax: Int64 = 3_600_000_000

    private func rang() {
        alarm = nil
        signal.raise()
    }
}

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

    let definitions: [ScheduleDefinition]
    let context: ProcessorContext
    private let sizes: SnapshotSizes

    private(set) var timers = WaitingTimers()
    private(set) var schedules: [Schedule] = []
    /// Everything up to here has been folded.
    private(set) var scanned: Position = 0
    private(set) var marks: [Int: Position] = [:]
    private(set) var isPaused = false
    private(set) var stopReason: ScriptFailure?
    private(set) var fired = 0
    private(set) var isStopping = false

    /// When the first of the timers was due that are being committed; nil in between.
    private var firing: LogTime?

    private var isRunning = false
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
        marks = try context.log.marks(of: Self.name)
        scanned = marks[Self.readLane] ?? 0
        schedules = try definitions.map { try Schedule($0, log: context.log) }
        (timers, isReady, stopReason) = (WaitingTimers(), false, nil)
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
            do {
                while mayFire, try await fireDue() {}
                if mayFire, timers.wantsSnapshot(sizes) { try await writeSnapshot() }
                setAlarm()
            } catch {
                halt(error)
            }
        }
    }

    private var mayFire: Bool { isRunning && isReady && !isPaused && stopReason == nil }

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

    /// Commits a frame of what is due; false when nothing is.
    private func fireDue() async throws -> Bool {
        let now = context.clock.now()
        var frame = NewFrame()
        var moves: [(schedule: Int, to: Int64)] = []
        for index in schedules.indices {
            let (events, to) = try due(of: schedules[index], at: now, room: room(in: frame))
            frame.events += events
            if let to { moves.append((index, to)) }
        }
        let ticks = frame.events.count
        let taken = try takeTimers(at: now, into: &frame)
        firing = taken.first.map { $0.due * 1_000 }
        defer { firing = nil }
        if !frame.events.isEmpty {
            do { try await commit(&frame) } catch {
                for timer in taken { timers.insert(timer) }
                throw error
            }
        }
        for move in moves { schedules[move.schedule].move(to: move.to) }
        fired += ticks + taken.count
        return !frame.events.isEmpty
    }

    /// A schedule ticks by its rule from the moment that the log knows it.
    private func recordRules() async throws {
        let now = context.clock.now().dividedWithFloor(by: 1_000_000).quotient
        while case let new = schedules.indices.filter({ schedules[$0].isNew }), !new.isEmpty {
            let some = new.prefix(RuntimeLimits.frameEventsEnough)
            var frame = NewFrame(events: try some.map { try schedules[$0].setting(at: now) })
            try await commit(&frame)
            for index in some { schedules[index].move(to: now) }
        }
    }

    private func room(in frame: NewFrame) -> Int {
        max(0, RuntimeLimits.frameEventsEnough - frame.events.count)
    }

    /// The events of a schedule, and up to where it has come with them.
    private func due(
        of schedule: Schedule,
        at now: LogTime,
        room: Int
    ) throws -> (events: [NewEvent], to: Int64?) {
        let now = now.dividedWithFloor(by: 1_000_000).quotient
        guard room > 0 else { return ([], nil) }
        guard let next = schedule.next, next <= now else { return ([], nil) }
        let ticks = schedule.due(at: now, room: room)
        return (try ticks.map { try schedule.event(of: $0, rule: context.rule) }, ticks.last?.time ?? now)
    }

    /// The timers that are due, as far as the frame has room.
    private func takeTimers(at now: LogTime, into frame: inout NewFrame) throws -> [WaitingTimer] {
        var taken: [WaitingTimer] = []
        var bytes = 0
        while room(in: frame) > 0, bytes < RuntimeLimits.frameBytesEnough,
            let timer = timers.takeDue(at: now / 1_000)
        {
            taken.append(timer)
            do {
                let page = try context.log.read(ReadRequest(.all, after: timer.position - 1, limit: 1))
                guard let event = page.events.first, event.position == timer.position else {
                    throw RuntimeError.invalidInput("there is no timer at position \(timer.position)")
                }
                bytes += event.data.count
                frame.events += try TimerRecord.firing(event, rule: context.rule)
            } catch {
                for timer in taken { timers.insert(timer) }
                throw error
            }
        }
        return taken
    }

    /// Commits as the newest timekeeper, or is fenced.
    private func commit(_ frame: inout NewFrame, moving read: Position? = nil) async throws {
        let fence = marks[Self.fenceLane] ?? 0
        // Whatever it is, it grows: the frame before this one had events.
        let next = max(fence + 1, context.log.lastPosition)
        frame.marks = [MarkMove(processor: Self.name, lane: Self.fenceLane, from: fence, to: next)]
        let known = marks[Self.readLane] ?? 0
        if let read, read > known {
            frame.marks.append(MarkMove(processor: Self.name, lane: Self.readLane, from: known, to: read))
        }
        _ = try await context.log.commit(frame)
        for move in frame.marks { marks[move.lane] = move.to }
    }

    /// Writes down what waits, so that the next start reads from here.
    ///
    /// The mark moves with the last frame: a host that dies before has written parts that say nothing new.
    private func writeSnapshot() async throws {
        let (all, end) = (timers.all, scanned)
        let part = sizes.partTimers
        var frame = NewFrame()
        var written = 0
        for start in stride(from: 0, to: all.count, by: part) {
            frame.events.append(try TimerRecord.waiting(all[start..<min(start + part, all.count)]))
            written += 1
            if frame.events.count == sizes.frameParts {
                try await commit(&frame)
                frame = NewFrame()
            }
        }
        try await commit(&frame, moving: end)
        timers.wroteSnapshot(written)
    }
}

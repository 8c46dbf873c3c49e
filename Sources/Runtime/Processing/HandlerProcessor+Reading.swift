import EventLog

/// How far the events of a handler are in its lanes, and who brings more.
struct Reading {
    /// Everything up to here was read, by the pump or by the router, and put into lanes.
    var read: Position
    /// Everything up to here was read by the pump: lanes with nothing of it for them soon move their marks.
    var pumped: Position = 0
    /// Whether the router brings events, or will when the pump's wish to join is answered.
    var takes = false
    /// Whether the router has answered: then `read` goes on with what it reaches.
    var hasJoined = false
    /// Names the newest wish to join: what an earlier one brings is refused.
    var ticket: UInt64 = 0

    init(from position: Position = 0) { read = position }

    /// Begins again at another place, as far as the lanes go.
    mutating func begin(from position: Position) { (read, pumped) = (position, 0) }
}

/// How a handler's events come into its lanes: by its own pump until it has caught up, then by the router.
extension HandlerProcessor {
    func pump() async {
        while isRunning {
            if reading.takes || hasReadEnough {
                await room.wait()
                continue
            }
            do {
                let page = try context.log.read(
                    ReadRequest(routing.filter, after: reading.read, limit: RuntimeLimits.readPage)
                )
                reading.pumped = max(reading.pumped, page.scannedTo)
                enqueue(routing.wanted(of: page.events), through: page.scannedTo)
                if page.reachedEnd, !hasReadEnough { try await join() }
            } catch {
                if isRunning { halt(ScriptFailure(stopping: error, of: definition.name)) }
                return
            }
        }
    }

    /// Everything up to here has been read and put into lanes.
    var scanned: Position { reading.hasJoined ? max(reading.read, router.reached) : reading.read }

    /// Asks the router to bring what comes behind what was read; waits for the log itself if it can't.
    private func join() async throws {
        reading.ticket += 1
        reading.takes = true
        let mine = reading.ticket
        let answer = await router.join(
            definition.index - 1,
            at: reading.read,
            take: { events, position in await self.take(events, through: position, mine) },
            leave: { await self.leave(mine) }
        )
        switch answer {
        case .joined: reading.hasJoined = reading.takes && reading.ticket == mine
        case .behind: reading.takes = false
        case .closed:
            reading.takes = false
            try await context.log.waitForEvent(after: reading.read)
        }
    }

    /// What the router brings: all that is wanted up to a position; false when the processor reads on alone.
    private func take(_ events: [RecordedEvent], through position: Position, _ ticket: UInt64) -> Bool {
        guard reading.takes, isRunning, ticket == reading.ticket else { return false }
        enqueue(events, through: position)
        if hasReadEnough { leave() }
        return reading.takes
    }

    private func leave(_ ticket: UInt64) {
        if ticket == reading.ticket { leave() }
    }

    /// From here on the pump reads again.
    func leave() {
        reading.read = scanned
        (reading.takes, reading.hasJoined) = (false, false)
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
        for event in events where event.position > reading.read {
            let lane = Lane.of(event)
            guard event.position > lanes[lane].mark else { continue }
            lanes[lane].queue.append(event)
            isWoken[group(of: lane)] = true
        }
        reading.read = max(reading.read, position)
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
        return lane.mark + RuntimeLimits.idleMarkLag < max(newestMark, reading.pumped)
            || lane.mark + RuntimeLimits.quietMarkLag < scanned
    }
}

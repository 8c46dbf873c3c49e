import EventLog

/// The frames of the timekeeper: rules that are new, what is due, and snapshots of what waits.
extension Timekeeper {
    /// Commits a frame of what is due; false when nothing is.
    func fireDue() async throws -> Bool {
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
    func recordRules() async throws {
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
    func writeSnapshot() async throws {
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

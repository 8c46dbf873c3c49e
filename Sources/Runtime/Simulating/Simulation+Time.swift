import EventLog

/// What time alone brings to a simulation: ticks of schedules, and timers that its own steps have set.
///
/// The host is there all the time: each tick comes at its time, and none is missed.
extension Simulation {
    /// Where the schedules of a version stand; one that the log doesn't know begins to tick here.
    ///
    /// What was due before and didn't come belongs to what was before.
    static func schedules(
        _ definitions: [ScheduleDefinition],
        in log: any EventLog,
        behind time: LogTime
    ) throws -> [Schedule] {
        let second = time.dividedWithFloor(by: 1_000_000).quotient
        return try definitions.map { definition in
            var schedule = try Schedule(definition, log: log)
            if schedule.next.map({ $0 <= second }) ?? true { schedule.move(to: second) }
            return schedule
        }
    }

    /// When something is due next, in microseconds since 1970; nil when nothing is.
    var nextDue: LogTime? {
        let tick = schedules.compactMap(\.next).min().map { $0 * 1_000_000 }
        return [tick, timers.next.map { $0.due * 1_000 }].compactMap(\.self).min()
    }

    /// Lets one thing happen that is due next, and all that follows from it: a tick before a timer.
    func fire() throws -> [SimulatedStep] {
        guard let due = nextDue else { return [] }
        set(time: due)
        let second = due.dividedWithFloor(by: 1_000_000)
        if second.remainder == 0, let index = schedules.firstIndex(where: { $0.next == second.quotient }) {
            return try tick(index, at: second.quotient)
        }
        return try fireTimer(at: due / 1_000)
    }

    private func tick(_ index: Int, at second: Int64) throws -> [SimulatedStep] {
        let event = try schedules[index].event(of: Tick(time: second, missed: 0), rule: nil)
        schedules[index].move(to: second)
        let known = outcomes.tick(in: event.stream, at: second * 1_000)
        let name = schedules[index].definition.name
        // What time brings has no cause; it is known by its schedule and its time.
        let lineage = EventLineage(
            by: "\(Timekeeper.name) \(second)",
            cause: EventID(high: 0, low: 0),
            recorded: try known.flatMap { try fork.base.event(at: $0) }.map { [$0] } ?? []
        )
        return try take([event], of: .tick(name, second), lineage)
    }

    private func fireTimer(at due: Int64) throws -> [SimulatedStep] {
        guard let timer = timers.takeDue(at: due), let event = try fork.log.event(at: timer.position),
            let origin = timerOrigins.removeValue(forKey: timer.position)
        else { preconditionFailure("a timer that waits stands on the fork") }
        let lineage = EventLineage(
            by: Timekeeper.name,
            cause: event.id,
            recorded: try origin.recorded.map { try outcomes.events(by: Timekeeper.name, on: $0) } ?? []
        )
        return try take(try TimerRecord.firing(event, rule: ""), of: origin.root, lineage)
    }

    /// Sees a timer that was set.
    func note(timer event: RecordedEvent, _ root: SimulatedStep.Root, recorded: Position?) throws {
        guard event.type == TimerRecord.setType, event.stream.category == TimerRecord.category,
            case .set(let timer) = try TimerRecord(event)
        else { return }
        timers.insert(timer)
        timerOrigins[timer.position] = (root, recorded)
    }
}

extension ScriptFailure {
    /// Steps that a failure without end names: enough for a circle of an app.
    private static let linksMax = 12

    /// Steps that follow from each other without end.
    init(endless steps: [SimulatedStep], limit: Int, of version: String, from root: SimulatedStep.Root) {
        var links: [String] = []
        for step in steps.suffix(100) {
            let category = step.key.stream.prefix { $0 != "-" }
            let link = "\(step.key.by) on \(category).\(step.key.type)"
            if !links.contains(link), links.count < Self.linksMax { links.append(link) }
        }
        let start =
            switch root {
            case .input(let position): "position \(position)"
            case .tick(let schedule, let second):
                "the tick of \(schedule) at \(TimeText.format(second * 1_000_000))"
            }
        let circle = links.joined(separator: ", ")
        let summary =
            "\(version): \(limit) steps follow from \(start), and there is no end to it; again and again: "
            + circle
        let hint = "let one of them stop: by a `where`, or by what its aggregate knows already"
        self.init(
            code: "flow-without-end",
            summary: summary,
            file: "",
            line: 0,
            context: "simulating \(version)",
            hint: hint,
            text: "\(summary)\n  hint: \(hint)"
        )
    }
}

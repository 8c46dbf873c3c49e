import EventLog

/// What a schedule does about ticks that nobody was there for.
enum MissedTicks: String, Sendable {
    /// The newest of them is made up, and says how many it stands for.
    case one
    /// Each is made up.
    case all
    /// None is.
    case none
}

/// A declared schedule.
struct ScheduleDefinition: Equatable, Sendable {
    let name: String
    let rule: ScheduleRule
    let missed: MissedTicks
}

extension ScheduleDefinition {
    /// Reads what the prelude has checked.
    init(_ body: JSONValue) throws(RuntimeError) {
        name = body["name"]?.string ?? ""
        missed = MissedTicks(rawValue: body["missed"]?.string ?? "") ?? .one
        do {
            rule = try ScheduleRule(cron: body["cron"]?.string ?? "", zone: body["zone"]?.string ?? "")
        } catch {
            throw .invalidApp("schedule \(name) has \(error)")
        }
    }
}

/// One moment of a schedule that is to become an event.
struct Tick: Equatable, Sendable {
    /// The scheduled time, in seconds since 1970.
    let time: Int64

    /// Earlier ticks that it stands for.
    let missed: Int
}

/// Where a schedule stands.
///
/// A fold of its stream `$schedule-<name>`, of which the newest event is enough:
/// - `ScheduleSet`, `{"at":ms,"cron":…,"zone":…}`: from this time on it ticks by this rule;
/// - `ScheduleTicked`, `{"at":ms,"missed":n,"cron":…,"zone":…}`: `at` is the scheduled time.
///
/// Ticks are counted from the newest `at`, so none is recorded twice, and a rule that was edited starts anew.
struct Schedule: Sendable {
    let definition: ScheduleDefinition

    /// What was recorded last, in seconds since 1970; nil when the log doesn't know this rule.
    private var last: Int64?

    /// The next tick, in seconds since 1970; nil until the rule is recorded.
    private(set) var next: Int64?

    /// Seconds from which on a late tick is one that was missed: a restart or a busy machine is none.
    static let lateMax: Int64 = 60

    /// Reads where it stands.
    init(_ definition: ScheduleDefinition, log: any EventLog) throws {
        self.definition = definition
        let stream = try Self.stream(definition.name)
        let newest = ReadRequest(.stream(stream), after: .max, direction: .backwards, limit: 1)
        guard let event = try log.read(newest).events.first else { return }
        let data = try JSONValue(parsing: event.data)
        guard data["cron"]?.string == definition.rule.cron, data["zone"]?.string == definition.rule.zone,
            let time = data["at"]?.integer
        else { return }
        move(to: time.dividedWithFloor(by: 1_000).quotient)
    }

    /// What a tick is called.
    static let tickType = "ScheduleTicked"

    static func stream(_ name: String) throws(EventLogError) -> StreamName {
        try StreamName(category: "$schedule", key: name)
    }

    /// Whether its rule must be recorded before it can tick.
    var isNew: Bool { last == nil }

    /// Its ticks that are due, oldest first, as its choice has them; at most `room` of them at once.
    func due(at now: Int64, room: Int) -> [Tick] {
        guard var time = next, time <= now, room > 0 else { return [] }
        let rule = definition.rule
        if definition.missed == .none {
            // A jump: nobody asks for what lies before.
            if time <= now - Self.lateMax { time = rule.next(after: now - Self.lateMax) }
            guard time <= now else { return [] }
        }
        var ticks: [Tick] = []
        var newest = Tick(time: time, missed: 0)
        while time <= now, ticks.count < room {
            newest = Tick(time: time, missed: newest.time == time ? 0 : newest.missed + 1)
            if definition.missed == .all { ticks.append(Tick(time: time, missed: 0)) }
            time = rule.next(after: time)
        }
        return definition.missed == .all ? ticks : [newest]
    }

    /// Ticks up to here are recorded, or given up.
    mutating func move(to time: Int64) {
        last = time
        next = definition.rule.next(after: time)
    }

    /// The event that says since when the rule holds.
    func setting(at time: Int64) throws -> NewEvent {
        try event("ScheduleSet", at: time, [:], rule: nil)
    }

    func event(of tick: Tick, rule: String?) throws -> NewEvent {
        try event(Self.tickType, at: tick.time, ["missed": .integer(Int64(tick.missed))], rule: rule)
    }

    private func event(
        _ type: String,
        at time: Int64,
        _ more: [String: JSONValue],
        rule: String?
    ) throws -> NewEvent {
        let fixed: [String: JSONValue] = [
            "at": .integer(time * 1_000), "cron": .string(definition.rule.cron),
            "zone": .string(definition.rule.zone),
        ]
        var meta: [String: JSONValue] = ["by": .string(Timekeeper.name)]
        if let rule { meta["rule"] = .string(rule) }
        return NewEvent(
            stream: try Self.stream(definition.name),
            type: type,
            data: try JSONValue.object(fixed.merging(more) { $1 }).bytes()[...],
            meta: try JSONValue.object(meta).bytes()[...]
        )
    }
}

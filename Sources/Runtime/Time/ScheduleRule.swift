/// When a schedule ticks: a cron on the wall clock of a zone.
///
/// A pure function of its texts and of the zone's history, so a tick can be computed again. All times are in
/// seconds since 1970. What happens where a zone sets its clocks:
/// - a wall time that doesn't exist ticks once, in the first moment behind the gap;
/// - a wall time that exists twice ticks once, the first time;
/// - a cron of every hour (`*` as the hour) follows the hours that pass: it makes nothing up behind a gap,
///   and it ticks in both of the two hours that have one name.
struct ScheduleRule: Hashable, Sendable {
    /// The cron as it was written.
    let cron: String

    private let expression: CronExpression
    private let rules: ZoneRules

    /// The zone's name as it was written.
    var zone: String { rules.name }

    /// Reads a cron and the name of a zone.
    init(cron: String, zone: String) throws(ScheduleError) {
        self.cron = cron
        do {
            expression = try CronExpression(cron)
        } catch {
            throw ScheduleError("cron = \(cron.debugDescription): \(error.summary)", hint: error.hint)
        }
        rules = try ZoneRules(named: zone)
    }

    /// The first tick behind a time.
    func next(after time: Int64) -> Int64 {
        expression.isHourly ? nextHourly(after: time) : nextNamed(after: time)
    }

    /// Wall times in their order, each at its one instant, which never goes back.
    private func nextNamed(after time: Int64) -> Int64 {
        var wall = (time + rules.offset(at: time)).dividedWithFloor(by: 60).quotient
        while true {
            wall = first(from: wall + 1)
            let instant = rules.instant(ofWall: wall * 60)
            if instant > time { return instant }
        }
    }

    /// Instants in their order, for what the wall shows then.
    private func nextHourly(after time: Int64) -> Int64 {
        var instant = (time.dividedWithFloor(by: 60).quotient + 1) * 60
        while true {
            let offset = rules.offset(at: instant)
            let wall = (instant + offset).dividedWithFloor(by: 60).quotient
            let next = first(from: wall)
            if next == wall { return instant }
            let candidate = instant + (next - wall) * 60
            let midnight = (wall / CivilDate.dayMinutes + 1) * CivilDate.dayMinutes
            // Where clocks are set on the way there, every minute is looked at.
            if next < midnight, rules.offset(at: candidate) == offset {
                instant = candidate
            } else if next >= midnight, rules.offset(at: instant + (midnight - wall + 120) * 60) == offset {
                // Nothing more today, which won't come again: a zone may set midnight back to eleven.
                instant = max(instant + 60, rules.instant(ofWall: next / CivilDate.dayMinutes * 86_400))
            } else {
                instant += 60
            }
        }
    }

    private func first(from wall: Int64) -> Int64 {
        guard let found = expression.first(from: wall) else {
            preconditionFailure("a cron without any date doesn't pass its check")
        }
        return found
    }
}

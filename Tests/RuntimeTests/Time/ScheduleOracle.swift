import Foundation

/// The ticks of a schedule, found the slow way: every minute is looked at, with a calendar that isn't ours.
struct ScheduleOracle {
    /// The numbers of each field, and whether the text of the two kinds of day began with a star.
    struct Fields {
        var text: String
        var minutes: Set<Int>
        var hours: Set<Int>
        var days: Set<Int>
        var months: Set<Int>
        var weekdays: Set<Int>
        var needsBothDays: Bool
    }

    let fields: Fields
    let zone: TimeZone

    private var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        if let utc = TimeZone(identifier: "UTC") { calendar.timeZone = utc }
        return calendar
    }

    /// The ticks in `(start, end]`; both are whole minutes, in seconds since 1970.
    func ticks(after start: Int64, through end: Int64) -> [Int64] {
        let isHourly = fields.hours.count == 24
        var cache: [Int64: Bool] = [:]
        var seen = Set<Int64>()
        var found: [Int64] = []
        var last = wall(start - 26 * 3_600)
        for instant in stride(from: start - 26 * 3_600, through: end, by: 60) {
            let wall = wall(instant)
            let isRepeated = !seen.insert(wall).inserted
            var ticks = matches(wall, &cache) && (isHourly || !isRepeated)
            if !isHourly, wall > last + 1 {
                ticks = ticks || (last + 1..<wall).contains { matches($0, &cache) }
            }
            if ticks, instant > start { found.append(instant) }
            last = wall
        }
        return found
    }

    /// Minutes since 1970 on the wall.
    private func wall(_ instant: Int64) -> Int64 {
        let date = Date(timeIntervalSince1970: TimeInterval(instant))
        return (instant + Int64(zone.secondsFromGMT(for: date))) / 60
    }

    private func matches(_ wall: Int64, _ cache: inout [Int64: Bool]) -> Bool {
        guard fields.minutes.contains(Int(wall % 60)), fields.hours.contains(Int(wall / 60 % 24)) else {
            return false
        }
        let day = wall / 1_440
        if let known = cache[day] { return known }
        let date = Date(timeIntervalSince1970: TimeInterval(day * 86_400))
        let parts = calendar.dateComponents([.day, .month, .weekday], from: date)
        let isDay = fields.days.contains(parts.day ?? 0)
        let isWeekday = fields.weekdays.contains((parts.weekday ?? 0) - 1)
        let isDate = fields.needsBothDays ? isDay && isWeekday : isDay || isWeekday
        cache[day] = isDate && fields.months.contains(parts.month ?? 0)
        return cache[day] ?? false
    }
}

extension ScheduleOracle.Fields {
    /// A cron drawn at random, with the sets that it stands for.
    init(using random: inout some RandomNumberGenerator) {
        let minute = Self.field(0...59, &random)
        let hour = Self.field(0...23, &random)
        let day = Bool.random(using: &random) ? ("*", Set(1...31)) : Self.field(1...28, &random)
        let month =
            Int.random(in: 0..<3, using: &random) > 0 ? ("*", Set(1...12)) : Self.field(1...12, &random)
        let weekday = Bool.random(using: &random) ? ("*", Set(0...6)) : Self.field(0...6, &random)
        text = [minute.0, hour.0, day.0, month.0, weekday.0].joined(separator: " ")
        (minutes, hours, days, months, weekdays) = (minute.1, hour.1, day.1, month.1, weekday.1)
        needsBothDays = day.0.hasPrefix("*") || weekday.0.hasPrefix("*")
    }

    private static func field(
        _ range: ClosedRange<Int>,
        _ random: inout some RandomNumberGenerator
    ) -> (String, Set<Int>) {
        // A day that is drawn is one that every month has; a star is all of them.
        let last = range.upperBound == 28 ? 31 : range.upperBound
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return ("*", Set(range.lowerBound...last))
        case 1:
            let step = Int.random(in: 1...max(1, range.count / 3), using: &random)
            return ("*/\(step)", Set(stride(from: range.lowerBound, through: last, by: step)))
        case 2:
            let first = Int.random(in: range, using: &random)
            let last = Int.random(in: first...range.upperBound, using: &random)
            return ("\(first)-\(last)", Set(first...last))
        default:
            let list = (0...Int.random(in: 0..<3, using: &random)).map { _ in
                Int.random(in: range, using: &random)
            }
            return (list.map(String.init).joined(separator: ","), Set(list))
        }
    }
}

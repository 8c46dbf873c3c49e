/// When a schedule ticks on a wall clock: the five fields of cron, as sets.
///
/// The syntax is that of POSIX `crontab`, with the names, steps and `@daily` words that every cron has:
///
///     minute hour day month weekday        0 9 * * MON-FRI
///
/// As in every cron since Vixie's, a date must match both the day and the weekday when one of the two fields
/// begins with `*`, and either of them when none does. A wall clock has no zone: `ScheduleRule` adds it.
struct CronExpression: Hashable, Sendable {
    let minutes: CronSet
    let hours: CronSet
    let days: CronSet
    let months: CronSet
    let weekdays: CronSet
    private let needsBothDays: Bool

    /// Reads an expression.
    ///
    /// - Throws: `ScheduleError` for what isn't one, and for one that no date ever matches.
    init(_ text: String) throws(ScheduleError) {
        let words = try Self.words(of: text)
        minutes = try CronField.minute.set(words[0])
        hours = try CronField.hour.set(words[1])
        days = try CronField.day.set(words[2])
        months = try CronField.month.set(words[3])
        weekdays = try CronField.weekday.set(words[4])
        needsBothDays = words[2].hasPrefix("*") || words[4].hasPrefix("*")
        guard firstDay(from: 0) != nil else {
            throw ScheduleError(
                "no month of \(words[3]) has a day \(words[2])",
                hint: "for the last day of a month use day 28, or let the script look at the date"
            )
        }
    }

    /// Whether it ticks in every hour of its days: such a schedule follows the hours that pass.
    var isHourly: Bool { hours == CronField.hour.all }

    func matches(_ date: CivilDate) -> Bool {
        guard months.contains(date.month) else { return false }
        let (day, weekday) = (days.contains(date.day), weekdays.contains(date.weekday))
        return needsBothDays ? day && weekday : day || weekday
    }

    /// The first day that matches, from a day on, in days since 1970; nil when there is none, ever.
    func firstDay(from start: Int64) -> Int64? {
        var day = start
        while day < start + CivilDate.cycleDays {
            let date = CivilDate(days: day)
            if matches(date) { return day }
            let skipsMonth = !months.contains(date.month)
            day +=
                skipsMonth ? Int64(CivilDate.length(ofMonth: date.month, year: date.year) - date.day + 1) : 1
        }
        return nil
    }

    /// The first minute that matches, from one on, in minutes since 1970 on the wall clock.
    func first(from minute: Int64) -> Int64? {
        let (start, ofDay) = minute.dividedWithFloor(by: CivilDate.dayMinutes)
        if matches(CivilDate(days: start)), let found = firstMinute(ofDay: Int(ofDay)) {
            return start * CivilDate.dayMinutes + Int64(found)
        }
        guard let day = firstDay(from: start + 1), let found = firstMinute(ofDay: 0) else { return nil }
        return day * CivilDate.dayMinutes + Int64(found)
    }

    private func firstMinute(ofDay start: Int) -> Int? {
        let hour = start / 60
        if hours.contains(hour), let minute = minutes.first(from: start % 60) { return hour * 60 + minute }
        guard let later = hours.first(from: hour + 1), let minute = minutes.first(from: 0) else { return nil }
        return later * 60 + minute
    }

    private static func words(of text: String) throws(ScheduleError) -> [String] {
        let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        if words.count == 1, words[0].hasPrefix("@") {
            guard let full = named[words[0].lowercased()] else {
                throw ScheduleError(
                    "there is no \(words[0])",
                    hint: "there are " + named.keys.sorted().joined(separator: ", ")
                )
            }
            return full.split(separator: " ").map(String.init)
        }
        guard words.count == 5 else {
            let extra = words.count == 6 || words.count == 7 ? "; it has no seconds and no years" : ""
            throw ScheduleError(
                "a cron has 5 fields, this one has \(words.count)",
                hint: "write minute hour day month weekday, such as \"0 9 * * MON-FRI\"\(extra)"
            )
        }
        return words
    }

    private static let named = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]
}

/// Numbers from 0 to 63, as bits.
struct CronSet: Hashable, Sendable {
    private var bits: UInt64 = 0

    init() {}

    init(_ range: ClosedRange<Int>) {
        for number in range { insert(number) }
    }

    mutating func insert(_ number: Int) { bits |= 1 << UInt64(number) }

    mutating func formUnion(_ other: CronSet) { bits |= other.bits }

    func contains(_ number: Int) -> Bool { bits >> UInt64(number) & 1 == 1 }

    /// The least number that isn't below `start`.
    func first(from start: Int) -> Int? {
        let rest = start > 63 ? 0 : bits & (UInt64.max << UInt64(start))
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }
}

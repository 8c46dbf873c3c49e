import EventLog

/// Times as the API writes and reads them: RFC 3339, in UTC, with microseconds.
///
/// Written by hand because Foundation's formats stop at milliseconds, and every event of a page carries one.
/// The conversion between days and dates is that of Howard Hinnant's "chrono-Compatible Low-Level Date
/// Algorithms".
public enum TimeText {
    /// `2026-08-01T09:30:00.000042Z`.
    public static func format(_ time: LogTime) -> String {
        let day = Int(floorDivide(time, microsecondsPerDay))
        let rest = Int(time - LogTime(day) * microsecondsPerDay)
        let date = civil(fromDays: day)
        let clock = rest / 1_000_000
        return "\(digits(date.year, 4))-\(digits(date.month, 2))-\(digits(date.day, 2))T"
            + "\(digits(clock / 3_600, 2)):\(digits(clock / 60 % 60, 2)):\(digits(clock % 60, 2))"
            + ".\(digits(rest % 1_000_000, 6))Z"
    }

    /// Reads RFC 3339 with any number of fractional digits, and `Z` or an offset; nil for anything else.
    public static func parse(_ text: String) -> LogTime? {
        var fields = text.utf8[...]
        guard let year = number(&fields, 4), take(&fields, "-"), let month = number(&fields, 2),
            take(&fields, "-"),
            let day = number(&fields, 2), take(&fields, "T") || take(&fields, "t") || take(&fields, " "),
            let hour = number(&fields, 2), take(&fields, ":"), let minute = number(&fields, 2),
            take(&fields, ":"),
            let second = number(&fields, 2), let fraction = microseconds(&fields), let offset = zone(&fields),
            fields.isEmpty, (1...12).contains(month), hour < 24, minute < 60, second <= 60
        else { return nil }
        let days = self.days(year: year, month: month, day: day)
        // A day that the month doesn't have would land in the next one.
        guard civil(fromDays: days) == (year, month, day) else { return nil }
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second - offset * 60
        return LogTime(seconds) * 1_000_000 + LogTime(fraction)
    }

    private static let microsecondsPerDay: LogTime = 86_400_000_000

    private static func civil(fromDays days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = Int(floorDivide(LogTime(shifted), 146_097))
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = Int(floorDivide(LogTime(shifted), 400))
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func floorDivide(_ value: LogTime, _ divisor: LogTime) -> LogTime {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    private static func digits(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    private static func take(_ fields: inout Substring.UTF8View, _ byte: Unicode.Scalar) -> Bool {
        guard fields.first == UInt8(ascii: byte) else { return false }
        fields = fields.dropFirst()
        return true
    }

    private static func number(_ fields: inout Substring.UTF8View, _ width: Int) -> Int? {
        let digits = fields.prefix(width)
        guard digits.count == width, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        fields = fields.dropFirst(width)
        return digits.reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }

    /// The fraction of a second, cut to microseconds; 0 when there is none.
    private static func microseconds(_ fields: inout Substring.UTF8View) -> Int? {
        guard take(&fields, ".") else { return 0 }
        let digits = fields.prefix { (0x30...0x39).contains($0) }
        guard !digits.isEmpty else { return nil }
        fields = fields.dropFirst(digits.count)
        let padded = Array(digits.prefix(6)) + Array(repeating: 0x30, count: max(0, 6 - digits.count))
        return padded.reduce(0) { $0 * 10 + Int($1) - 0x30 }
    }

    /// Minutes east of UTC.
    private static func zone(_ fields: inout Substring.UTF8View) -> Int? {
        if take(&fields, "Z") || take(&fields, "z") { return 0 }
        let sign = take(&fields, "+") ? 1 : take(&fields, "-") ? -1 : 0
        guard sign != 0, let hours = number(&fields, 2), take(&fields, ":"), let minutes = number(&fields, 2),
            hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 60 + minutes)
    }
}

import EventLog

/// Times as the API writes and reads them: RFC 3339, in UTC, with microseconds.
///
/// Written by hand because Foundation's formats stop at milliseconds, and every event of a page carries one.
public enum TimeText {
    /// `2026-08-01T09:30:00.000042Z`.
    public static func format(_ time: LogTime) -> String {
        let day = Int(floorDivide(time, microsecondsPerDay))
        let rest = Int(time - LogTime(day) * microsecondsPerDay)
        let date = CivilDate(days: Int64(day))
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
        let date = CivilDate(year: year, month: month, day: day)
        // A day that the month doesn't have would land in the next one.
        guard date == CivilDate(days: date.days) else { return nil }
        let seconds = Int(date.days) * 86_400 + hour * 3_600 + minute * 60 + second - offset * 60
        return LogTime(seconds) * 1_000_000 + LogTime(fraction)
    }

    private static let microsecondsPerDay: LogTime = 86_400_000_000

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

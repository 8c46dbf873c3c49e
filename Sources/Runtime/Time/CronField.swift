/// One of the five fields of cron: its numbers, its names, and how it is read.
///
///     field = part {"," part}
///     part  = ("*" | value | value "-" value) ["/" step]        a step needs "*" or a range
enum CronField: String {
    case minute
    case hour
    case day
    case month
    case weekday

    /// Sunday is 0, and 7 as well.
    var range: ClosedRange<Int> {
        switch self {
        case .minute: 0...59
        case .hour: 0...23
        case .day: 1...31
        case .month: 1...12
        case .weekday: 0...7
        }
    }

    /// Every number of the field.
    var all: CronSet { CronSet(self == .weekday ? 0...6 : range) }

    private var names: [String] {
        switch self {
        case .month: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
        case .weekday: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
        case .minute, .hour, .day: []
        }
    }

    /// Reads a field.
    func set(_ text: String) throws(ScheduleError) -> CronSet {
        var set = CronSet()
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            set.formUnion(try self.part(String(part), of: text))
        }
        return set
    }

    private func part(_ text: String, of field: String) throws(ScheduleError) -> CronSet {
        let pieces = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard pieces.count <= 2, !pieces[0].isEmpty else {
            throw ScheduleError("the \(rawValue) \(field.debugDescription) isn't a field of cron", hint: hint)
        }
        let bounds = try bounds(pieces[0], of: field)
        var step = 1
        if pieces.count == 2 {
            guard pieces[0] == "*" || pieces[0].dropFirst().contains("-") else {
                let last = range.upperBound
                throw ScheduleError(
                    "the step /\(pieces[1]) of the \(rawValue) needs a range before it",
                    hint: "write \(pieces[0])-\(last)/\(pieces[1]), or */\(pieces[1])"
                )
            }
            let most = bounds.upperBound - bounds.lowerBound
            guard let number = Int(pieces[1]), number >= 1, number <= max(1, most) else {
                throw ScheduleError(
                    "the step \(pieces[1]) of the \(rawValue) isn't from 1 to \(max(1, most))",
                    hint: "a step counts within its field: */15 is every 15th \(rawValue)"
                )
            }
            step = number
        }
        var set = CronSet()
        for number in stride(from: bounds.lowerBound, through: bounds.upperBound, by: step) {
            set.insert(self == .weekday ? number % 7 : number)
        }
        return set
    }

    private func bounds(_ text: String, of field: String) throws(ScheduleError) -> ClosedRange<Int> {
        if text == "*" { return self == .weekday ? 0...6 : range }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard ends.count <= 2 else {
            throw ScheduleError("the \(rawValue) \(field.debugDescription) isn't a field of cron", hint: hint)
        }
        let first = try value(ends[0])
        guard ends.count == 2 else { return first...first }
        var last = try value(ends[1])
        // FRI-SUN: a week may end with its Sunday.
        if self == .weekday, last == 0, first > 0 { last = 7 }
        guard first <= last else {
            throw ScheduleError(
                "the range \(text) of the \(rawValue) ends before it begins",
                hint: "write two ranges: \(ends[0])-\(self == .weekday ? 6 : range.upperBound),"
                    + "\(range.lowerBound)-\(ends[1])"
            )
        }
        return first...last
    }

    private func value(_ text: String) throws(ScheduleError) -> Int {
        if let place = names.firstIndex(of: text.uppercased()) { return place + (self == .month ? 1 : 0) }
        guard !text.isEmpty, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = Int(text) else {
            throw ScheduleError("\(text.debugDescription) isn't a \(rawValue)", hint: hint)
        }
        guard range.contains(number) else {
            throw ScheduleError(
                "the \(rawValue) \(text) isn't from \(range.lowerBound) to \(range.upperBound)",
                hint: hint
            )
        }
        return number
    }

    private var hint: String {
        let named = names.isEmpty ? "" : ", \(names[0]) to \(names[names.count - 1])"
        return "a \(rawValue) is a number from \(range.lowerBound) to \(range.upperBound)\(named), a range "
            + "such as \(range.lowerBound)-5, a list with commas, or *, with a step behind it such as */2"
    }
}

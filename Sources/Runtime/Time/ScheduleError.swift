/// A schedule that can't be: what is wrong with its cron or its zone, and what to write.
struct ScheduleError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, without a full stop.
    let summary: String

    /// What a person can write in its place.
    let hint: String

    init(_ summary: String, hint: String) {
        self.summary = summary
        self.hint = hint
    }

    var description: String { "\(summary); \(hint)" }
}

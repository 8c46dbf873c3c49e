import EventLog
import Runtime

/// Which events a request wants: the parameters that `GET /events` and `GET /events/live` share, and the
/// command line too.
struct EventSelection {
    /// Where reading begins.
    enum Start: Equatable {
        /// At this position, inclusive.
        case position(Position)

        /// Behind the newest event.
        case end
    }

    /// The parameters that are read here.
    static let parameters = ["from", "category", "type", "tag", "since"]

    /// What the events must be.
    let filter: EventFilter

    /// `from`; nil when it isn't given.
    let start: Start?

    /// `since` as a point in time; nil when it isn't given.
    let since: LogTime?

    init(_ query: QueryParameters, now: LogTime) throws(Problem) {
        filter = try Self.filter(query)
        if try query.text("from") == "end" {
            start = .end
        } else {
            start = try query.number("from").map { .position($0) }
        }
        since = try query.text("since").map { (text) throws(Problem) in try Self.time(text, now: now) }
    }

    private static func filter(_ query: QueryParameters) throws(Problem) -> EventFilter {
        let types = Set(query.all("type"))
        let tags = Set(query.all("tag"))
        let category = try query.text("category")
        for (name, values) in [
            ("type", types), ("tag", tags), ("category", Set(category.map { [$0] } ?? [])),
        ] {
            for value in values { _ = try PathNames.check(value, as: name, for: .reading) }
        }
        if types.isEmpty, tags.isEmpty { return category.map { .category($0) } ?? .all }
        return .query(EventQuery(types: types, tags: tags, category: category))
    }

    /// A duration before now, `15m`, or a time of RFC 3339.
    static func time(_ text: String, now: LogTime) throws(Problem) -> LogTime {
        if let microseconds = DurationText.microseconds(text) { return now - microseconds }
        if let time = TimeText.parse(text) { return time }
        let forms = "a duration such as 15m, or a time such as 2026-08-01T09:30:00Z"
        throw .invalidInput("since", "since must be \(forms), not \(text.debugDescription)")
    }
}

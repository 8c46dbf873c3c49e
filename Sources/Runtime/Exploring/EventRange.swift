import EventLog

/// Which events a word of the prompt asks for: `events`, `tail`.
struct EventRange {
    let filter: EventFilter
    /// What a pattern asks beside: that `*` doesn't mean the host's own events.
    private let pattern: EventPattern?
    /// The first position; nil for the newest few.
    let from: Position?
    let to: Position
    let limit: Int

    /// Events that are shown when nobody says how many: a screen.
    private static let newestDefault = 20

    /// Events from a place on, when nobody says how many.
    private static let limitDefault = 1_000

    /// Reads the options that `repl_log.lua` has checked.
    init(_ options: JSONValue, in log: any EventLog, now: LogTime) throws {
        pattern = options["pattern"]?.string.map(EventPattern.init)
        let category = options["category"]?.string ?? pattern?.category
        let types = Set(
            (options["types"]?.array ?? []).compactMap(\.string) + [pattern?.type].compactMap(\.self)
        )
        let tags = Set((options["tags"]?.array ?? []).compactMap(\.string))
        if types.isEmpty, tags.isEmpty {
            filter = category.map { .category($0) } ?? .all
        } else {
            filter = .query(EventQuery(types: types, tags: tags, category: category))
        }
        var from = options["from"]?.integer.map { Position(max(0, $0)) }
        if let since = options["since"]?.string {
            let time = try Self.time(since, now: now)
            from = max(from ?? 1, try log.firstPosition(notBefore: time))
        }
        let last = options["last"]?.integer.map { Int($0) }
        self.from = last == nil ? from : nil
        to = options["to"]?.integer.map { Position(max(0, $0)) } ?? .max
        limit =
            last ?? options["limit"]?.integer.map { Int($0) }
            ?? (from == nil ? Self.newestDefault : Self.limitDefault)
    }

    /// The newest events of a filter.
    init(newest limit: Int, _ filter: EventFilter) {
        self.filter = filter
        self.limit = limit
        pattern = nil
        from = nil
        to = .max
    }

    /// The events, oldest first.
    func events(in log: any EventLog) throws(EventLogError) -> [RecordedEvent] {
        var found: [RecordedEvent] = []
        var cursor = from.map { $0 == 0 ? 0 : $0 - 1 } ?? (to == .max ? .max : to + 1)
        let direction: ReadRequest.Direction = from == nil ? .backwards : .forwards
        while found.count < limit {
            let request = ReadRequest(filter, after: cursor, direction: direction, limit: limit - found.count)
            let page = try log.read(request)
            found += page.events.filter { $0.position <= to && wants($0) }
            if page.reachedEnd || page.scannedTo >= to && direction == .forwards { break }
            cursor = page.scannedTo
        }
        return direction == .forwards ? found : found.reversed()
    }

    func wants(_ event: RecordedEvent) -> Bool {
        pattern?.matches(category: event.stream.category[...], type: event.type) ?? true
    }

    /// A duration before now, `15m`, or a time of RFC 3339.
    static func time(_ text: String, now: LogTime) throws -> LogTime {
        if let microseconds = DurationText.microseconds(text) { return now - microseconds }
        if let time = TimeText.parse(text) { return time }
        throw ExplorerError("since must be a duration such as 15m, or a time such as 2026-08-01T09:30:00Z")
    }
}

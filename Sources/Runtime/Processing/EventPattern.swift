import EventLog

/// A pattern of `on`: `category.Type`, with `*` in either place.
struct EventPattern: Hashable, Sendable {
    /// nil: any category but the host's own.
    let category: String?
    /// nil: any type.
    let type: String?

    /// Reads a pattern that the prelude has checked.
    init(_ text: String) {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        category = parts[0] == "*" ? nil : String(parts[0])
        type = parts.count < 2 || parts[1] == "*" ? nil : String(parts[1])
    }

    func matches(category: Substring, type: String) -> Bool {
        if let wanted = self.type, wanted != type { return false }
        if let wanted = self.category { return wanted == category }
        return !category.hasPrefix("$")
    }
}

/// Which events a processor wants: what to ask of the log, and what to check of each event.
struct Routing: Sendable {
    let patterns: [EventPattern]

    /// Labels that an event must have, all of them.
    let tags: [String]

    /// The narrowest read that holds every event the patterns want.
    let filter: EventFilter

    /// Whether the filter lets through nothing but what the patterns want.
    private let isExact: Bool

    init(_ patterns: [EventPattern], tags: [String] = []) {
        self.patterns = patterns
        self.tags = tags
        let categories = Set(patterns.map(\.category))
        let types = Set(patterns.map(\.type))
        let category = categories.count == 1 ? categories.first ?? nil : nil
        isExact = category != nil
        if !types.contains(nil) {
            let named = Set(types.compactMap(\.self))
            filter = .query(EventQuery(types: named, tags: Set(tags), category: category))
        } else if !tags.isEmpty {
            filter = .query(EventQuery(tags: Set(tags), category: category))
        } else if let category {
            filter = .category(category)
        } else {
            filter = .all
        }
    }

    /// What is wanted of the events that the filter let through.
    func wanted(of events: [RecordedEvent]) -> [RecordedEvent] { isExact ? events : events.filter(wants) }

    func wants(_ event: RecordedEvent) -> Bool {
        if isExact { return true }
        let stream = event.stream.text
        let category = stream[..<(stream.utf8.firstIndex(of: UInt8(ascii: "-")) ?? stream.endIndex)]
        return patterns.contains { $0.matches(category: category, type: event.type) }
    }

    /// Whether an event has all the labels that are asked for; byte by byte, as the log compares names.
    func hasTags(_ event: RecordedEvent) -> Bool {
        guard !tags.isEmpty else { return true }
        guard event.hasTags else { return false }
        let there = event.tags
        return tags.allSatisfy { tag in there.contains { $0.utf8.elementsEqual(tag.utf8) } }
    }
}

import EventLog
import TestSupport

/// The conditions under which an event was committed, written into its own data: so the log alone tells
/// whether they held.
struct ConditionClaim: Hashable {
    /// Which event of its frame it is; those before it don't count against its conditions.
    var index: Int
    var conditions: [AppendCondition]

    /// A frame whose events claim its conditions.
    static func frame(
        _ conditions: [AppendCondition],
        events: [(type: String, stream: StreamName, tags: [String])]
    ) -> NewFrame {
        NewFrame(
            events: events.enumerated().map { index, event in
                let claim = ConditionClaim(index: index, conditions: conditions)
                return NewEvent(
                    stream: event.stream,
                    type: event.type,
                    data: Array(claim.text.utf8)[...],
                    tags: event.tags
                )
            },
            conditions: conditions
        )
    }

    /// A line with the index, and one for each condition.
    var text: String {
        let lines = conditions.map { condition in
            switch condition {
            case .stream(let stream, let expected): "stream|\(stream)|\(expected)"
            case .noEvent(let query, let position):
                "query|\(query.types.sorted().joined(separator: ","))|"
                    + "\(query.tags.sorted().joined(separator: ","))|\(query.category ?? "")|\(position)"
            }
        }
        return ([String(index)] + lines).joined(separator: "\n")
    }

    /// Reads what `text` wrote; nil for anything else.
    init?(_ text: String) {
        let lines = text.split(separator: "\n")
        guard let index = lines.first.flatMap({ Int($0) }) else { return nil }
        self.index = index
        conditions = []
        for line in lines.dropFirst() {
            let parts = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            guard let condition = Self.condition(parts) else { return nil }
            conditions.append(condition)
        }
    }

    init(index: Int, conditions: [AppendCondition]) {
        self.index = index
        self.conditions = conditions
    }

    private static func condition(_ parts: [String]) -> AppendCondition? {
        switch (parts.first, parts.count) {
        case ("stream", 3):
            let words: [String: ExpectedRevision] = ["any": .any, "none": .none, "exists": .exists]
            guard let expected = words[parts[2]] ?? Revision(parts[2]).map({ .exactly($0) }) else {
                return nil
            }
            // A name that the log stored is a name.
            guard let stream = try? StreamName(parts[1]) else { return nil }
            return .stream(stream, expected)
        case ("query", 5):
            guard let position = Position(parts[4]) else { return nil }
            func names(_ list: String) -> Set<String> { Set(list.split(separator: ",").map(String.init)) }
            let category = parts[3].isEmpty ? nil : parts[3]
            let query = EventQuery(types: names(parts[1]), tags: names(parts[2]), category: category)
            return .noEvent(matching: query, after: position)
        default: return nil
        }
    }
}

/// Answering filters and queries from the index, without reading a frame.
extension LogIndex {
    /// The ordinals within bounds of the events that a filter names, in the order of the direction.
    func ordinals(
        of filter: EventFilter,
        within bounds: Range<UInt32>,
        backwards: Bool,
        limit: Int
    ) -> [UInt32] {
        guard !bounds.isEmpty, limit > 0 else { return [] }
        switch filter {
        case .all:
            return Self.all(within: bounds, backwards: backwards, limit: limit)
        case .stream(let stream):
            return union([streams.list(of: stream.text)], bounds, backwards, limit)
        case .category(let category):
            return union([categories.list(of: category)], bounds, backwards, limit)
        case .query(let query):
            return matches(query, bounds, backwards, limit)
        }
    }

    /// The first event after a position that a query names, staged ones included.
    func firstMatch(of query: EventQuery, after position: Position) -> Position? {
        guard position < Position(eventCount) else { return nil }
        let found = ordinals(
            of: .query(query),
            within: UInt32(position)..<eventCount,
            backwards: false,
            limit: 1
        )
        return found.first.map { Position($0) + 1 }
    }

    private static func all(within bounds: Range<UInt32>, backwards: Bool, limit: Int) -> [UInt32] {
        let count = UInt32(min(limit, bounds.count))
        return backwards
            ? Array((bounds.upperBound - count..<bounds.upperBound).reversed())
            : Array(bounds.lowerBound..<bounds.lowerBound + count)
    }

    private func union(
        _ lists: [[UInt32]],
        _ bounds: Range<UInt32>,
        _ backwards: Bool,
        _ limit: Int
    ) -> [UInt32] {
        var cursor = PostingCursor(lists, within: bounds, backwards: backwards)
        var found: [UInt32] = []
        while found.count < limit, let next = cursor.next() { found.append(next) }
        return found
    }

    /// The shortest of the lists that every match is in leads; the others are asked about what it offers.
    private func matches(
        _ query: EventQuery,
        _ bounds: Range<UInt32>,
        _ backwards: Bool,
        _ limit: Int
    ) -> [UInt32] {
        var required = query.tags.map { tags.list(of: $0) }
        if let category = query.category { required.append(categories.list(of: category)) }
        required.sort { $0.count < $1.count }
        let anyOf = query.types.compactMap { symbols.number(of: $0) }.map { types[Int($0)] }
        if !query.types.isEmpty, anyOf.isEmpty { return [] }

        let typesLead = !anyOf.isEmpty && anyOf.reduce(0) { $0 + $1.count } <= required.first?.count ?? .max
        let lead: [[UInt32]]
        if typesLead {
            lead = anyOf
        } else if let shortest = required.first {
            lead = [shortest]
            required.removeFirst()
        } else {
            return Self.all(within: bounds, backwards: backwards, limit: limit)
        }

        var cursor = PostingCursor(lead, within: bounds, backwards: backwards)
        var found: [UInt32] = []
        while found.count < limit, let next = cursor.next() {
            let hasType = typesLead || anyOf.isEmpty || anyOf.contains { $0.containsSorted(next) }
            if hasType, required.allSatisfy({ $0.containsSorted(next) }) { found.append(next) }
        }
        return found
    }
}

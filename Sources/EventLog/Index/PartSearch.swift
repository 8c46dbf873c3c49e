/// Finds the events of one part that a filter names, from its postings, without reading a frame.
struct PartSearch {
    let filter: EventFilter
    let backwards: Bool
    let seed: UInt64
    /// See `ReadRequest.revision`.
    var revision: Revision?

    /// The ordinals within bounds, in the order of the direction, at most so many.
    func ordinals(
        in part: some IndexPart,
        within bounds: Range<UInt32>,
        limit: Int
    ) throws(EventLogError) -> [UInt32] {
        guard !bounds.isEmpty, limit > 0 else { return [] }
        switch filter {
        case .all:
            return all(within: bounds, limit: limit)
        case .stream(let stream):
            guard let found = try postings(.stream, stream.text, part) else { return [] }
            return union([revised(found)], bounds, limit)
        case .category(let category):
            guard let found = try postings(.category, category, part) else { return [] }
            return union([found.ordinals], bounds, limit)
        case .query(let query):
            return try matches(query, part, bounds, limit)
        }
    }

    private func postings(
        _ kind: KeyKind,
        _ name: String,
        _ part: some IndexPart
    ) throws(EventLogError) -> KeyPostings? {
        try name.withKey(kind, seed: seed) { key throws(EventLogError) in try part.find(key) }
    }

    /// The postings of a stream without those that the request's revision leaves out.
    ///
    /// Revisions are gapless, so element N of the postings has the first revision plus N.
    private func revised(_ found: KeyPostings) -> UnsafeBufferPointer<UInt32> {
        guard let revision else { return found.ordinals }
        let ordinals = found.ordinals
        // How many have a smaller revision than the one that is asked for.
        let before = revision > found.firstRevision ? revision - found.firstRevision : 0
        let smaller = Int(min(before, UInt64(ordinals.count)))
        guard backwards else { return UnsafeBufferPointer(rebasing: ordinals[smaller...]) }
        let isIn = revision >= found.firstRevision && smaller < ordinals.count
        return UnsafeBufferPointer(rebasing: ordinals[..<(smaller + (isIn ? 1 : 0))])
    }

    private func all(within bounds: Range<UInt32>, limit: Int) -> [UInt32] {
        let count = UInt32(min(limit, bounds.count))
        return backwards
            ? Array((bounds.upperBound - count..<bounds.upperBound).reversed())
            : Array(bounds.lowerBound..<bounds.lowerBound + count)
    }

    private func union(
        _ lists: [UnsafeBufferPointer<UInt32>],
        _ bounds: Range<UInt32>,
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
        _ part: some IndexPart,
        _ bounds: Range<UInt32>,
        _ limit: Int
    ) throws(EventLogError) -> [UInt32] {
        var required: [UnsafeBufferPointer<UInt32>] = []
        for tag in query.tags {
            guard let found = try postings(.tag, tag, part) else { return [] }
            required.append(found.ordinals)
        }
        if let category = query.category {
            guard let found = try postings(.category, category, part) else { return [] }
            required.append(found.ordinals)
        }
        required.sort { $0.count < $1.count }
        var anyOf: [UnsafeBufferPointer<UInt32>] = []
        for type in query.types {
            if let found = try postings(.type, type, part) { anyOf.append(found.ordinals) }
        }
        if !query.types.isEmpty, anyOf.isEmpty { return [] }

        let typesLead = !anyOf.isEmpty && anyOf.reduce(0) { $0 + $1.count } <= required.first?.count ?? .max
        let lead: [UnsafeBufferPointer<UInt32>]
        if typesLead {
            lead = anyOf
        } else if let shortest = required.first {
            lead = [shortest]
            required.removeFirst()
        } else {
            return all(within: bounds, limit: limit)
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

/// "Did you mean": the known name that is nearest to what somebody wrote.
package enum Suggestion {
    /// A hint that names the nearest of the known names, or lists them when none is near.
    package static func sentence(
        for name: String,
        among known: [String],
        listing: String = "it declares"
    ) -> String {
        if let near = nearest(to: name, among: known) { return "did you mean \(near.debugDescription)?" }
        if known.isEmpty { return "the app declares none" }
        return "\(listing) " + known.sorted().prefix(listedMax).joined(separator: ", ")
    }

    /// The known name that is nearest; nil when none is near.
    ///
    /// - Parameters:
    ///   - name: what was written.
    ///   - known: what could have been meant.
    ///   - editsMax: how far away a name is still near; nil for a third of its length.
    /// - Returns: the first of the alphabet, when several are as near.
    package static func nearest(
        to name: String,
        among known: [String],
        within editsMax: Int? = nil
    ) -> String? {
        let ranked = known.map { (name: $0, edits: edits(from: name, to: $0)) }.sorted {
            ($0.edits, $0.name) < ($1.edits, $1.name)
        }
        guard let best = ranked.first, best.edits <= editsMax ?? max(1, best.name.count / 3) else {
            return nil
        }
        return best.name
    }

    /// Names in a hint; a longer list helps nobody.
    private static let listedMax = 12

    /// Insertions, deletions, substitutions and swapped neighbours ("optimal string alignment").
    private static func edits(from a: String, to b: String) -> Int {
        let source = Array(a)
        let target = Array(b)
        var before: [Int] = []
        var row = Array(0...target.count)
        for (i, character) in source.enumerated() {
            var next = [i + 1]
            for (j, other) in target.enumerated() {
                var least = min(row[j] + (character == other ? 0 : 1), row[j + 1] + 1, next[j] + 1)
                if i > 0, j > 0, character == target[j - 1], source[i - 1] == other {
                    least = min(least, before[j - 1] + 1)
                }
                next.append(least)
            }
            (before, row) = (row, next)
        }
        return row[target.count]
    }
}

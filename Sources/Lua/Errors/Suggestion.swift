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

    /// The known name within a third of its length in edits; nil when none is.
    package static func nearest(to name: String, among known: [String]) -> String? {
        let ranked = known.map { (name: $0, edits: edits(from: name, to: $0)) }.sorted {
            ($0.edits, $0.name) < ($1.edits, $1.name)
        }
        guard let best = ranked.first, best.edits <= max(1, best.name.count / 3) else { return nil }
        return best.name
    }

    /// Names in a hint; a longer list helps nobody.
    private static let listedMax = 12

    /// Levenshtein distance: insertions, deletions and substitutions.
    private static func edits(from a: String, to b: String) -> Int {
        let target = Array(b)
        var row = Array(0...target.count)
        for (i, character) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in target.enumerated() {
                let substituted = diagonal + (character == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
            }
        }
        return row[target.count]
    }
}

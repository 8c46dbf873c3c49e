import Testing

/// Records what is wrong as one issue, with the first few in full: a thousand orders that are wrong in one
/// way are one thing to read about.
func expectNone(_ faults: [String], _ what: String, sourceLocation: SourceLocation = #_sourceLocation) {
    guard !faults.isEmpty else { return }
    let shown = faults.prefix(5).map { "\n  - \($0)" }.joined()
    Issue.record("\(what): \(faults.count) times, such as\(shown)", sourceLocation: sourceLocation)
}

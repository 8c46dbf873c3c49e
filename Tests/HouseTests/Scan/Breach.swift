import Testing

/// One place where the repository is not as the house wants it, and what to do instead.
struct Breach: CustomStringConvertible, Equatable {
    let path: String
    /// From 1; 0 when the breach is the file itself, or its absence.
    let line: Int
    let advice: String

    var description: String {
        line == 0 ? "\(path): \(advice)" : "\(path):\(line): \(advice)"
    }
}

/// Fails the test with the list of all breaches, each on a line of its own.
func expectNone(_ breaches: [Breach], sourceLocation: SourceLocation = #_sourceLocation) {
    guard !breaches.isEmpty else { return }
    let list = breaches.map(\.description).joined(separator: "\n")
    Issue.record(Comment(rawValue: list), sourceLocation: sourceLocation)
}

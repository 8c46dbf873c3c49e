/// A word that is allowed only beside a comment that says why.
struct ReasonRule: FileRule {
    let name: String
    let pattern: Pattern
    /// How many lines above may hold the comment; 0 is the same line.
    let linesAbove: Int
    let advice: String

    static let all: [ReasonRule] = [
        ReasonRule(
            name: "try?",
            pattern: Pattern(#"\btry\?"#),
            linesAbove: 1,
            advice:
                "swallows an error; say in a comment here or on the line above why that is right, or throw"
        ),
        ReasonRule(
            name: "@unchecked Sendable",
            pattern: Pattern(#"@unchecked\s+Sendable"#),
            linesAbove: 2,
            advice: "is a promise; say in a comment just above why it is kept"
        ),
        ReasonRule(
            name: "nonisolated(unsafe)",
            pattern: Pattern(#"nonisolated\(unsafe\)"#),
            linesAbove: 2,
            advice: "is a promise; say in a comment just above why it is kept"
        ),
    ]

    func breaches(in file: SourceFile) -> [Breach] {
        guard file.kind == .swift else { return [] }
        return file.codeLines(matching: pattern).compactMap { line in
            let near = (line - 1 - linesAbove)...(line - 1)
            guard file.commentLines.isDisjoint(with: near) else { return nil }
            return Breach(path: file.path, line: line, advice: "\(name) \(advice)")
        }
    }
}

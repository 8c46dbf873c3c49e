/// Nothing unfinished lands: what is missing is an issue, or a sentence in the docs.
struct UnfinishedRule: FileRule {
    // Put together here, so that the rule's own file is clean.
    static let words = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]

    private let pattern = Pattern("\\b(?:" + words.joined(separator: "|") + ")\\b")

    func breaches(in file: SourceFile) -> [Breach] {
        file.lines.indices.filter { pattern.matches(file.lines[$0]) }.map {
            Breach(
                path: file.path,
                line: $0 + 1,
                advice: "a note of something unfinished; finish it, or leave it out visibly and open an issue"
            )
        }
    }
}

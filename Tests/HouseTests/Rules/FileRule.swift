/// A rule that can be held against one file at a time.
protocol FileRule: Sendable {
    func breaches(in file: SourceFile) -> [Breach]
}

extension FileRule {
    func breaches(in files: [SourceFile]) -> [Breach] {
        files.flatMap { breaches(in: $0) }
    }
}

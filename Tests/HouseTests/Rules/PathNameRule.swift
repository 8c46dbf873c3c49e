/// Names of files and folders: the empty words are no better there.
struct PathNameRule: FileRule {
    func breaches(in file: SourceFile) -> [Breach] {
        let parts = file.path.split { "/+._-".contains($0) }.map(String.init)
        guard let word = parts.flatMap(TypeNameRule.words).first(where: TypeNameRule.empty.contains) else {
            return []
        }
        return [
            Breach(
                path: file.path,
                line: 0,
                advice: "'\(word)' says nothing; name the file after the one thing it holds"
            )
        ]
    }
}

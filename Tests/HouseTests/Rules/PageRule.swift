/// A page of documentation has one title, and it comes first.
struct PageRule: FileRule {
    func breaches(in file: SourceFile) -> [Breach] {
        guard file.kind == .md else { return [] }
        let prose = Markdown(file.text).prose
        let titles = prose.filter { $0.text.hasPrefix("# ") }
        guard let first = titles.first else {
            return [Breach(path: file.path, line: 1, advice: "has no title; begin with one line '# Title'")]
        }
        if let before = prose.first(where: { !$0.text.isEmpty }), before.line < first.line {
            return [
                Breach(
                    path: file.path,
                    line: before.line,
                    advice: "stands before the title; begin with '# Title'"
                )
            ]
        }
        return titles.dropFirst().map {
            Breach(
                path: file.path,
                line: $0.line,
                advice: "a second title; make it '## …', or a page of its own"
            )
        }
    }
}

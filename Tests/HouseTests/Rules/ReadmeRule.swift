/// The README is a tour, and every place that it names exists.
struct ReadmeRule {
    /// What a newcomer is shown first, in this order.
    static let firstCommands = ["scripts/demo", "scripts/test"]
    /// The targets that an event passes on its way.
    static let targetsOfLife = ["Server", "Runtime", "Lua", "EventLog", "ReadModels"]

    let exists: @Sendable (String) -> Bool
    private let path = "README.md"

    /// The first two commands in blocks of code are the demo and the tests.
    func commandBreaches(in text: String) -> [Breach] {
        let commands = Markdown(text).code.map { line in
            Markdown.Line(line: line.line, text: String(line.text.drop { $0 == " " }.trimmingPrefix("$ ")))
        }.filter { !$0.text.isEmpty && !$0.text.hasPrefix("#") }
        return Self.firstCommands.enumerated().compactMap { index, expected in
            let shown = index < commands.count ? commands[index] : Markdown.Line(line: 0, text: "nothing")
            guard shown.text.split(separator: " ").first.map(String.init) != expected else { return nil }
            return Breach(
                path: path,
                line: shown.line,
                advice: "shows '\(shown.text)' as command \(index + 1); a newcomer needs '\(expected)' there"
            )
        }
    }

    /// Each path in backticks, in a link, or at the start of a shown command exists.
    func pathBreaches(in text: String) -> [Breach] {
        let page = Markdown(text)
        let quoted = Pattern(#"`((?:Sources|Tests|scripts|stdlib|\.ci)/[^`\s]*)[^`]*`"#)
        let linked = Pattern(#"\]\((?!\w+:|#)([^)#\s]+)[^)]*\)"#)
        let shown = Pattern(#"^\s*(?:\$ )?((?:Sources|Tests|scripts|stdlib)/\S+)"#)
        let inProse = page.prose.flatMap { line in
            (quoted.captures(in: line.text) + linked.captures(in: line.text)).map { (line.line, $0) }
        }
        let inBlocks = page.code.flatMap { line in shown.captures(in: line.text).map { (line.line, $0) } }
        return (inProse + inBlocks).flatMap { line, named in
            Self.expandingBraces(named).filter { !exists($0) }.map {
                Breach(
                    path: path,
                    line: line,
                    advice: "names '\($0)', which does not exist; write the path as it is"
                )
            }
        }
    }

    /// The section 'Life of an event' names a file for each step, in every target that an event passes.
    func lifeBreaches(in text: String) -> [Breach] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let isTitle = Pattern(#"^#{2,}\s.*[Ll]ife of an event"#)
        guard let start = lines.firstIndex(where: isTitle.matches) else {
            return [
                Breach(
                    path: path,
                    line: 0,
                    advice: "has no section '## Life of an event'; tell it, file by file"
                )
            ]
        }
        let end = lines[(start + 1)...].firstIndex { $0.hasPrefix("#") } ?? lines.count
        let file = Pattern(#"(?:Sources|stdlib)/[\w/+.-]*\w\.\w+"#)
        let named = (start..<end).flatMap { index in file.captures(in: lines[index]).map { (index + 1, $0) } }
        let absent = named.filter { !exists($0.1) }.map {
            Breach(
                path: path,
                line: $0.0,
                advice: "the life of an event names '\($0.1)', which does not exist"
            )
        }
        let unnamed = Self.targetsOfLife.filter { target in
            !named.contains { $0.1.hasPrefix("Sources/\(target)/") }
        }.map {
            Breach(path: path, line: start + 1, advice: "the life of an event names no file of Sources/\($0)")
        }
        return absent + unnamed
    }

    /// `scripts/examples/{orders,bank}` stands for two paths.
    static func expandingBraces(_ path: String) -> [String] {
        guard let open = path.firstIndex(of: "{"), let close = path[open...].firstIndex(of: "}") else {
            return [path]
        }
        let parts = path[path.index(after: open)..<close].split(separator: ",")
        return parts.map { "\(path[..<open])\($0)\(path[path.index(after: close)...])" }
    }
}

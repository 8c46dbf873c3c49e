/// Names of types: none that says nothing, and none that is another system's word for something of ours.
struct TypeNameRule: FileRule {
    /// Words that say nothing, and what a name should say.
    static let empty: Set<String> = [
        "Manager", "Helper", "Helpers", "Util", "Utils", "Utilities", "Common", "Impl", "Base",
    ]

    /// Not our words; each with the one that we use.
    static let foreign: [String: String] = [
        "Message": "event, command, or text",
        "Messages": "events, commands, or texts",
        "Topic": "stream or category",
        "Offset": "position, revision, or place",
        "ConsumerGroup": "processor",
        "Saga": "workflow",
        "DLQ": "parked",
        "DeadLetter": "parked",
        "Job": "step, command, or processor",
    ]

    /// Names that may hold such a word, with the reason.
    static let allowed: [String: String] = [:]

    private let declaration = Pattern(
        #"\b(?:struct|class|enum|actor|protocol|typealias|associatedtype)\s+([A-Z]\w*)"#
    )

    func breaches(in file: SourceFile) -> [Breach] {
        guard file.kind == .swift else { return [] }
        return file.codeLines.enumerated().flatMap { index, line in
            declaration.captures(in: line).compactMap { name in
                advice(for: name).map { Breach(path: file.path, line: index + 1, advice: $0) }
            }
        }
    }

    private func advice(for name: String) -> String? {
        guard Self.allowed[name] == nil else { return nil }
        let words = Self.words(of: name)
        if let word = words.first(where: Self.empty.contains) {
            return "'\(name)': '\(word)' says nothing; name the type after what it is or does"
        }
        let pairs = zip(words, words.dropFirst()).map { $0 + $1 }
        guard let word = (pairs + words).first(where: { Self.foreign[$0] != nil }) else { return nil }
        return "'\(name)': '\(word)' is not one of our words; say \(Self.foreign[word, default: "another"])"
    }

    /// `HTTPServerJob` is HTTP, Server, Job.
    static func words(of name: String) -> [String] {
        Pattern(#"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+"#).captures(in: name)
    }
}

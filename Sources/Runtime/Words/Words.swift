import Stdlib

/// All that scripts can say beside plain Lua: the words of the host, and the modules that ship with it.
public enum Words {
    /// Every word, in order of its name.
    public static let all: [HelpEntry] = {
        let prelude = (StandardLibrary.prelude + StandardLibrary.specWords).flatMap {
            DocComments($0.text, module: nil).entries
        }
        let library = StandardLibrary.modules.flatMap { name, source in
            DocComments(source.text, module: name).entries
        }
        return (prelude + library).sorted { $0.name < $1.name }
    }()

    /// The words of a prompt, which scripts don't have, in order of their names.
    public static let console: [HelpEntry] = StandardLibrary.consoleWords.flatMap {
        DocComments($0.text, module: nil).entries
    }.sorted { $0.name < $1.name }

    /// The entry of a word at a prompt: one of its own, or one of scripts.
    ///
    /// - Throws: as `entry(_:)`.
    public static func consoleEntry(_ name: String) throws(RuntimeError) -> HelpEntry {
        let entries = console + all
        guard let entry = entries.first(where: { $0.name == name }) else {
            throw .unknownWord(name, known: entries.map(\.name))
        }
        return entry
    }

    /// The entry of a word.
    ///
    /// - Throws: `RuntimeError.unknownWord`, which says what was meant.
    public static func entry(_ name: String) throws(RuntimeError) -> HelpEntry {
        guard let entry = all.first(where: { $0.name == name }) else {
            throw .unknownWord(name, known: all.map(\.name))
        }
        return entry
    }

    /// The examples of a module of the library as specs, one for each, that stand in their lines.
    ///
    /// A module that isn't known has none.
    public static func doctests(of module: String) -> SpecFile {
        var lines: [Int: String] = [1: "local \(module) = require \"\(module)\"; "]
        let source = StandardLibrary.modules.first { $0.name == module }?.source
        let entries = source.map { DocComments($0.text, module: module).entries } ?? []
        for entry in entries {
            for (number, example) in entry.examples.enumerated() {
                let name = "\(entry.name), example \(number + 1)"
                lines[example.line, default: ""] += spec(name, example)
            }
        }
        let last = lines.keys.max() ?? 1
        let text = (1...last).map { lines[$0, default: ""] }.joined(separator: "\n")
        return SpecFile(name: "\(module) examples", text: Array(text.utf8))
    }

    private static let errorMark = "error: "

    /// A spec on a single line, so that errors name the example's own.
    static func spec(_ name: String, _ example: Doctest) -> String {
        let code = example.code.joined(separator: " ")
        let check =
            if example.expected.hasPrefix(errorMark) {
                "expect.blame(function() local _ = \(code) end, "
                    + "[==[\(example.expected.dropFirst(errorMark.count))]==])"
            } else {
                "expect.equal((\(code)), \(example.expected))"
            }
        return "spec(\"\(name)\", function() \(check) end) "
    }
}

import ArgumentParser
import Runtime

/// `perilune words`: what scripts can say.
struct WordsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "words",
        abstract: "Lists the words of scripts and the modules that ship with them, or explains one.",
        discussion: """
            It needs no host. Plain Lua isn't listed; what is different here is in the documentation.

            Example: perilune words money.allocate
            """
    )

    @Argument(help: "The word or the module to explain, such as emit or money; without it, all are listed.")
    var name: String?

    @Flag(help: "Print JSON for machines instead of text for people.")
    var json = false

    func run() throws {
        do {
            let entries = try name.map { [try Words.entry($0)] } ?? Words.all
            Console.standardOutput.line(json ? Self.document(entries) : text(entries))
        } catch let error as RuntimeError {
            throw FailureText.report(error.code, error.description, hint: error.hint, json: json)
        }
    }

    private func text(_ entries: [HelpEntry]) -> String {
        if name != nil, let entry = entries.first {
            let inside = Words.all.filter { $0.name.hasPrefix(entry.name + ".") }
            return entry.text + (inside.isEmpty ? "" : "\n\n" + Self.table(inside))
        }
        return Self.table(entries)
    }

    private static func table(_ entries: [HelpEntry]) -> String {
        var table = TextTable(header: ["word", "what it does"])
        for entry in entries { table.add([entry.name, entry.summary]) }
        return table.text
    }

    private static func document(_ entries: [HelpEntry]) -> String {
        let words = entries.map { entry in
            JSONValue.object([
                "name": .string(entry.name), "signature": .string(entry.signature),
                "summary": .string(entry.summary), "body": .string(entry.body.joined(separator: "\n")),
                "examples": .array(
                    entry.examples.map {
                        .object([
                            "code": .string($0.code.joined(separator: "\n")), "gives": .string($0.expected),
                        ])
                    }
                ),
            ])
        }
        return JSONText.compact(.object(["words": .array(words)]))
    }
}

import ArgumentParser
import Lua

/// A first word of the command line that is no command, and what may have been meant.
struct MisspeltCommand {
    let word: String
    let nearest: String?

    /// Nil when the first word is a command, an option, or missing.
    init?(_ arguments: [String], of root: any ParsableCommand.Type) {
        guard let word = arguments.first, !word.hasPrefix("-"), word != "help" else { return nil }
        var names: [String] = []
        for command in root.configuration.subcommands { names.append(Self.name(of: command)) }
        guard !names.contains(word) else { return nil }
        self.word = word
        nearest = Suggestion.nearest(to: word, among: names)
    }

    /// As it is typed: what it is configured with, or its type's name.
    static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? String(describing: command).lowercased()
    }

    /// One line, and what to do.
    var text: String {
        let hint = nearest.map { "did you mean `perilune \($0)`?" } ?? "`perilune help` lists the commands"
        return "unknown-command: perilune has no command \(word.debugDescription)\n  hint: \(hint)"
    }
}

import ArgumentParser
import Lua

/// A word of the command line that stands where a command should, and what may have been meant.
struct MisspeltCommand {
    let word: String
    let nearest: String?
    /// What stands before it: `perilune`, `perilune processors`.
    let path: String

    /// Nil when the words are commands, options, or missing; those of `perilune help` are looked at as well.
    init?(_ arguments: [String], of root: any ParsableCommand.Type) {
        let asksHelp = arguments.first == "help"
        var (words, command, path) = (arguments.dropFirst(asksHelp ? 1 : 0), root, ["perilune"])
        while let word = words.first, !word.hasPrefix("-"), word != "help" {
            let commands = command.configuration.subcommands
            guard !commands.isEmpty else { return nil }
            if let next = commands.first(where: { Self.name(of: $0) == word }) {
                (command, words) = (next, words.dropFirst())
                path.append(word)
                continue
            }
            nearest = Suggestion.nearest(to: word, among: commands.map(Self.name))
            // Further on it may be an argument of a command that has others below it.
            guard path.count == 1 || asksHelp || nearest != nil else { return nil }
            self.word = word
            self.path = path.joined(separator: " ")
            return
        }
        return nil
    }

    /// As it is typed: what it is configured with, or its type's name.
    static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? String(describing: command).lowercased()
    }

    /// One line, and what to do.
    var text: String {
        let hint = nearest.map { "did you mean `\(path) \($0)`?" } ?? "`perilune help` lists the commands"
        return "unknown-command: \(path) has no command \(word.debugDescription)\n  hint: \(hint)"
    }
}

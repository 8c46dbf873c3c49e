import ArgumentParser
import Foundation
import Testing

@testable import perilune

/// What the help of each command shows can be typed.
@Suite struct HelpTests {
    /// A command, and the words before it.
    private struct Found {
        let path: [String]
        let command: any ParsableCommand.Type
    }

    private static func commands(
        of root: any ParsableCommand.Type = Perilune.self,
        _ path: [String] = []
    ) -> [Found] {
        var all: [Found] = []
        for command in root.configuration.subcommands where command.configuration.shouldDisplay {
            let path = path + [MisspeltCommand.name(of: command)]
            all.append(Found(path: path, command: command))
            all += commands(of: command, path)
        }
        return all
    }

    /// The command lines behind `Example:` in a command's help, one for each `perilune`.
    private static func examples(of command: any ParsableCommand.Type) -> [String] {
        let text = command.configuration.discussion
        return text.split(separator: "\n").filter { $0.contains("Example:") }.flatMap { line in
            line.replacing("Example:", with: "").components(separatedBy: "&&")
        }.map { $0.trimmingCharacters(in: .whitespaces) }.filter { $0.hasPrefix("perilune ") }
    }

    /// Words as a shell splits them, without what stands behind a pipe or a comment.
    private static func words(of line: String) -> [String] {
        var words: [String] = []
        var word = ""
        var quote: Character?
        var isWord = false
        for character in line {
            if let open = quote {
                if character == open { quote = nil } else { word.append(character) }
            } else if character == "'" || character == "\"" {
                (quote, isWord) = (character, true)
            } else if "|#>".contains(character) {
                break
            } else if character == " " {
                if isWord { words.append(word) }
                (word, isWord) = ("", false)
            } else {
                word.append(character)
                isWord = true
            }
        }
        return isWord ? words + [word] : words
    }

    @Test func `every command shows an example, and each example is a right command line`() throws {
        let commands = Self.commands()
        #expect(commands.count > 20)
        for found in commands {
            let name = found.path.joined(separator: " ")
            let examples = Self.examples(of: found.command)
            #expect(!examples.isEmpty, "\(name) shows no example")
            for example in examples {
                let words = Self.words(of: example).dropFirst()
                #expect(words.first == found.path.first || found.path.first == "init", "\(name): \(example)")
                do {
                    _ = try Perilune.parseAsRoot(Array(words))
                } catch {
                    Issue.record("\(name): `\(example)`: \(Perilune.message(for: error))")
                }
            }
        }
    }

    @Test(arguments: [
        ("hisotry", "history"), ("pubilsh", "publish"), ("evnets", "events"),
    ])
    func `a command that is misspelt is told what may be meant`(word: String, near: String) throws {
        let misspelt = try #require(MisspeltCommand([word, "x"], of: Perilune.self))
        #expect(misspelt.text.contains("did you mean `perilune \(near)`?"))
    }

    @Test func `so is one that help is asked for, and one below another`() throws {
        for (words, near) in [
            (["help", "publsh"], "publish"), (["processors", "pasue"], "processors pause"),
            (["help", "processors", "resme"], "processors resume"),
        ] {
            let misspelt = try #require(MisspeltCommand(words, of: Perilune.self))
            #expect(misspelt.text.contains("did you mean `perilune \(near)`?"))
        }
    }

    @Test func `commands, options and help are no misspelt commands`() {
        for words in [
            [], ["events"], ["--version"], ["help", "events"], ["processors", "pause"], ["help"],
            ["help", "processors", "pause"], ["processors", "--json"],
        ] {
            #expect(MisspeltCommand(words, of: Perilune.self) == nil)
        }
        #expect(MisspeltCommand(["zzzzzzzz"], of: Perilune.self)?.text.contains("`perilune help`") == true)
    }
}

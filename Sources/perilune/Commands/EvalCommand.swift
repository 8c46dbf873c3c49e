import ArgumentParser
import Foundation

/// `perilune eval`: one line of the prompt, or a file of them, from a script.
struct EvalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Evaluates Lua with the words of the prompt against a running host or a data folder.",
        discussion: """
            What it commands or appends stays on a fork, which ends with it, unless it says \
            commit({ yes = true }). Exit codes: 0; 1 for an error; 2 when the newest command was refused, or \
            a diff found a difference; 69 when no host answers. `perilune repl` has help on the words.

            Example: perilune eval 'state("order", "42")'
            Example: perilune eval --json 'events("order.*", { since = "1h" })'
            Example: perilune eval -f report.lua --data backup
            """
    )

    @Argument(help: "The Lua; without it and without --file, standard input is read.")
    var text: String?

    @Option(name: .shortAndLong, help: "Read the Lua from this file; `-` is standard input.")
    var file: String?

    @OptionGroup var attachment: AttachmentOptions

    func validate() throws {
        if text != nil, file != nil { throw ValidationError("Give the Lua or a --file, not both.") }
    }

    func run() async throws {
        let (text, name) = try source()
        try await attachment.attached { session in await session.evaluateAll(text, file: name) }
    }

    /// The text, and what errors call it.
    private func source() throws -> (text: String, name: String?) {
        if let text { return (text, nil) }
        guard let file, file != "-" else {
            let bytes = FileHandle.standardInput.readDataToEndOfFile()
            return (String(decoding: bytes, as: UTF8.self), "standard input")
        }
        do { return (try String(contentsOfFile: file, encoding: .utf8), file) } catch {
            throw FailureText.report(
                "file-unreadable",
                "\(file) can't be read: \(error.localizedDescription)",
                hint: "name a file of Lua in UTF-8",
                json: attachment.client.json
            )
        }
    }
}

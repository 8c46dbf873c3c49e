import ArgumentParser
import Dispatch
import Foundation

/// `perilune repl`: a prompt on a running host.
struct ReplCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repl",
        abstract:
            "Opens a prompt on a running host or a data folder: Lua, with words to look, try and write.",
        discussion: """
            What is written stays on a fork until commit(). Ctrl-C ends what runs, Ctrl-D the prompt; Tab \
            completes words, streams, keys and types. help() lists the words, help("tail") explains one.

            Example: perilune repl --app scripts/examples/orders
            """
    )

    @OptionGroup var attachment: AttachmentOptions

    func run() async throws {
        try await attachment.attached { session in
            let isTerminal = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
            guard isTerminal else {
                await session.readInput()
                return .success
            }
            // The default action would end the prompt, and not what runs in it.
            signal(SIGINT, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
            source.setEventHandler {
                // What is said next doesn't stand behind the terminal's own `^C`.
                Console.standardOutput.line("")
                session.interrupt()
            }
            source.resume()
            await session.interact()
            source.cancel()
            return .success
        }
    }
}

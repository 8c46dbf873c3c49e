import ArgumentParser
import Foundation
import Logging
import Runtime
import Synchronization

/// `perilune test`: an app's specs.
struct TestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Runs the specs of an app: its files that end in _spec.lua.",
        discussion: """
            It needs no host and writes no log. Each spec runs under two hash seeds, and must do the same; \
            then once more with each step delivered twice, as a crash can do, and must hold again. The exit \
            code is 0 when all hold, 1 when one doesn't.

            With --watch it runs them again when a file of the folder was saved, and shows what fails. \
            Ctrl-C ends it, with the exit code of the newest run.

            Example: perilune test scripts/examples/orders --filter "is placed"
            """
    )

    @Argument(help: "The app's folder, which holds app.lua.")
    var app: String

    @Option(
        name: [.customLong("filter"), .customLong("only")],
        help: "Runs only specs whose name or file has this text in it."
    )
    var filter: String?

    @Flag(help: "Runs them again whenever a script or a fixture of the folder was saved.")
    var watch = false

    @Option(help: "Writes the results to this file as JUnit XML, for continuous integration.")
    var junit: String?

    @Flag(help: "Print JSON for machines instead of text for people.")
    var json = false

    func run() async throws {
        LoggingSystem.bootstrap { label in StreamLogHandler.standardError(label: label) }
        let run = SpecCommandRun(app: app, filter: filter, junit: junit, json: json)
        guard watch else {
            let code = run.code(showing: .all)
            if code != .success { throw code }
            return
        }
        let newest = NewestCode()
        // Before the scripts are read, so that what is saved meanwhile is seen.
        let folder = FolderWatch(app)
        let interruption = Interruption { Foundation.exit(newest.value) }
        newest.value = run.code(showing: .all).rawValue
        for await change in folder {
            if Console.standardOutput.isTerminal { Console.standardOutput.text(Self.clear) }
            if !json { Console.standardOutput.line("changed: " + change.files.joined(separator: ", ")) }
            newest.value = run.code(showing: .failures).rawValue
        }
        withExtendedLifetime(interruption) {}
    }

    /// Clears a terminal's screen and goes to its top (ECMA-48, ED and CUP).
    private static let clear = "\u{1B}[2J\u{1B}[H"
}

/// What the process ends with when Ctrl-C comes now.
private final class NewestCode: Sendable {
    private let code = Atomic<Int32>(ExitCode.interrupted.rawValue)

    var value: Int32 {
        get { code.load(ordering: .relaxed) }
        set { code.store(newValue, ordering: .relaxed) }
    }
}

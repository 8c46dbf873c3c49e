import ArgumentParser
import Runtime

/// `perilune init`: the beginning of an app.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Writes a small app with specs that hold, to begin with.",
        discussion: """
            The folder must be new or empty. Nothing else is touched.

            Example: perilune init counter && perilune test counter
            """
    )

    @Argument(help: "The folder of the new app.")
    var folder: String

    func run() throws {
        do {
            for name in try FirstApp.write(to: folder) {
                Console.standardOutput.line("wrote \(folder)/\(name)")
            }
        } catch {
            throw FailureText.report(error.code, error.description, hint: error.hint)
        }
        Console.standardOutput.line(
            """
            next: perilune test \(folder)
                  perilune run \(folder)
            """
        )
    }
}

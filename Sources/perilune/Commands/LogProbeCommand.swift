import ArgumentParser

/// `perilune bench-log-probe`: what `bench` starts to see a log through a fresh process; not for people.
struct LogProbeCommand: AsyncParsableCommand {
    static let name = "bench-log-probe"

    static let configuration = CommandConfiguration(
        commandName: name,
        abstract: "Opens a log, says what that took, and holds it until standard input ends.",
        shouldDisplay: false
    )

    @Argument(help: "The data folder.")
    var data: String

    @Option(help: "Events to append.")
    var append = 0

    @Flag(help: "Read all events.")
    var read = false

    func run() async throws {
        try await LogProbe(folder: data, append: append, read: read).run()
    }
}

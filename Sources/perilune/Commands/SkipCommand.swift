import ArgumentParser
import Runtime

/// `perilune skip`: gives parked events up.
struct SkipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "skip",
        abstract: "Gives parked events up for good, and lets those of the same key behind them go on.",
        discussion: "Example: perilune skip 17"
    )

    @Argument(help: "The positions of the parked events.")
    var positions: [UInt64]

    @Option(help: "Only at this processor.")
    var processor: String?

    @OptionGroup var client: ClientOptions

    func run() async throws {
        try await client.perform { api in
            var failed = false
            for position in positions {
                let path = RequestPath(["parked", String(position), "skip"], [("processor", processor)])
                let answer = try await api.post(path)
                failed = RepairText.hasFailures(try answer.value()) || failed
                try client.show(answer, RepairText.text)
            }
            if failed { throw ExitCode.failed }
        }
    }
}

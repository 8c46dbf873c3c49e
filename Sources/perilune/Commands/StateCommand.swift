import ArgumentParser
import Runtime

/// `perilune state`: what an aggregate is, or was.
struct StateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state",
        abstract: "Shows the state of an aggregate, now or as it was at a position.",
        discussion: "Example: perilune state order 42 --at 1234"
    )

    @Argument(help: "The aggregate, such as order.")
    var aggregate: String

    @Argument(help: "Which one of them, such as 42.")
    var key: String

    @Option(help: "The position after which to look; without it, now.")
    var at: UInt64?

    @OptionGroup var client: ClientOptions

    func run() async throws {
        try await client.perform { api in
            let path = RequestPath(["state", aggregate, key], [("at", at.map { String($0) })])
            try client.show(try await api.get(path)) { answer in
                let revision = JSONText.cell(answer["revision"])
                let title =
                    revision.isEmpty ? "no events yet; this is the initial state" : "revision \(revision)"
                return title + "\n" + JSONText.pretty(answer["state"] ?? .null)
            }
        }
    }
}

import ArgumentParser
import Runtime

/// `perilune processors`: how handlers and projections stand, and their brakes.
struct ProcessorsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "processors",
        abstract:
            "Shows the status of every handler, schedule and projection; pauses, resumes and rebuilds them.",
        discussion: """
            Example: perilune processors
            Example: perilune processors pause reserve-stock
            Example: perilune processors rebuild order-summary --wait
            """,
        subcommands: [List.self, Pause.self, Resume.self, RebuildCommand.self],
        defaultSubcommand: List.self
    )

    /// `perilune processors list`, and what `perilune processors` does.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Shows every processor: its state, how far it is behind, what it parked, when it is due.",
            discussion: "Example: perilune processors list --json"
        )

        @OptionGroup var client: ClientOptions

        func run() async throws {
            try await client.perform { api in
                try client.show(try await api.get(RequestPath(["processors"]))) { answer in
                    let processors = answer["processors"]?.array ?? []
                    return processors.isEmpty
                        ? "the app declares no processors" : ProcessorText.table(processors)
                }
            }
        }
    }

    /// `perilune processors pause`.
    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets a processor begin no further step until it is resumed.",
            discussion: "Example: perilune processors pause reserve-stock"
        )

        @Argument(help: "The processor, such as reserve-stock.")
        var name: String

        @OptionGroup var client: ClientOptions

        func run() async throws {
            try await client.perform { api in
                let answer = try await api.post(RequestPath(["processors", name, "pause"]))
                try client.show(answer) { ProcessorText.table([$0]) }
            }
        }
    }

    /// `perilune processors resume`.
    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lets a processor go on that was paused, or has stopped after a failure.",
            discussion: "Example: perilune processors resume reserve-stock"
        )

        @Argument(help: "The processor, such as reserve-stock.")
        var name: String

        @OptionGroup var client: ClientOptions

        func run() async throws {
            try await client.perform { api in
                let answer = try await api.post(RequestPath(["processors", name, "resume"]))
                try client.show(answer) { ProcessorText.table([$0]) }
            }
        }
    }
}

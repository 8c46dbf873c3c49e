import ArgumentParser
import Runtime

/// `perilune command`: asks an aggregate for something.
struct CommandCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "command",
        abstract: "Sends a command to an aggregate, and shows the events that it decided.",
        discussion: """
            The aggregate may refuse; then nothing is written, its code and text are shown, and the exit \
            code is 2. With --key the same command can be sent again without being done twice; with \
            --expected it is decided only on what was seen.

            Example: perilune command stock pear restock '{"quantity":10}' --key delivery-7
            """
    )

    @Argument(help: "The aggregate, such as order.")
    var aggregate: String

    @Argument(help: "Which one of them, such as 42.")
    var key: String

    @Argument(help: "The command, such as place.")
    var name: String

    @Argument(help: "The arguments as a JSON object; `-` reads them from standard input.")
    var arguments = "{}"

    @Option(
        name: .customLong("key"),
        help: "An idempotency key: the same key gets the same answer, for ever."
    )
    var idempotencyKey: String?

    @Option(help: "How the aggregate's stream must stand: any, none, exists, or a revision.")
    var expected: String?

    @OptionGroup var client: ClientOptions

    func run() async throws {
        try await client.perform { api in
            let answer = try await api.post(
                RequestPath(["commands", aggregate, key, name], [("expected", expected)]),
                body: try JSONArgument(arguments, named: "the arguments").bytes,
                headers: idempotencyKey.map { [("Idempotency-Key", $0)] } ?? []
            )
            try client.show(answer) { answer in
                let events = answer["events"]?.array ?? []
                let lines = events.map(EventText(width: Console.standardOutput.width).line)
                let revision = JSONText.cell(answer["revision"])
                let place = revision.isEmpty ? "" : ", revision \(revision)"
                return (["accepted at position \(JSONText.cell(answer["position"]))\(place)"] + lines)
                    .joined(separator: "\n")
            }
        }
    }
}

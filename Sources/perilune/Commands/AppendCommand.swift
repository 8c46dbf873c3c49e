import ArgumentParser
import Runtime

/// `perilune append`: writes an event that happened elsewhere.
struct AppendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "append",
        abstract: "Appends one event to a stream.",
        discussion: """
            With --expected the append only happens when the stream stands as you believe: at a revision, \
            at all (exists), or not (none). Otherwise the exit code is 2, and nothing is written.

            Example: perilune append payment-42 PaymentReceived '{"amount":5}' --expected none --tag order:42
            """
    )

    @Argument(help: "The stream, such as payment-42.")
    var stream: String

    @Argument(help: "What happened, such as PaymentReceived.")
    var type: String

    @Argument(help: "The event's data as JSON; `-` reads it from standard input.")
    var data = "null"

    @Option(help: "How the stream must stand: any, none, exists, or a revision.")
    var expected = "any"

    @Option(name: .customLong("tag"), help: "A label on the event; may be given several times.")
    var tags: [String] = []

    @Option(help: "The event's id, a UUID; without it the log derives one.")
    var id: String?

    @Option(name: .customLong("key"), help: "An idempotency key: the same key appends once, for ever.")
    var idempotencyKey: String?

    @OptionGroup var client: ClientOptions

    func run() async throws {
        try await client.perform { api in
            let answer = try await api.post(
                RequestPath(["streams", stream], [("expected", expected)]),
                body: try body(),
                headers: idempotencyKey.map { [("Idempotency-Key", $0)] } ?? []
            )
            try client.show(answer) { answer in
                let revision = JSONText.cell(answer["revision"])
                return "appended at position \(JSONText.cell(answer["position"])), revision \(revision)"
            }
        }
    }

    private func body() throws(ClientError) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("type")
        writer.string(type)
        writer.name("data")
        writer.raw(try JSONArgument(data, named: "the data").bytes)
        if let id {
            writer.name("id")
            writer.string(id)
        }
        writer.name("tags")
        writer.beginArray()
        for tag in tags { writer.string(tag) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}

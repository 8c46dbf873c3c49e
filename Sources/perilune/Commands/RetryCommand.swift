import ArgumentParser
import Runtime

/// `perilune retry`: runs parked events again.
struct RetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Runs parked events again, and those of the same key that wait behind them.",
        discussion: """
            With --data the step sees that data in place of the event's own; the recorded event stays as \
            it is. The exit code is 1 when a step failed again.

            Example: perilune retry 17 18
            Example: perilune retry --all --processor reserve-stock
            """
    )

    @Argument(help: "The positions of the parked events.")
    var positions: [UInt64] = []

    @Flag(help: "Retry everything that is parked.")
    var all = false

    @Option(help: "Only at this processor.")
    var processor: String?

    @Option(help: "JSON that the step sees in place of the event's data; for one position.")
    var data: String?

    @OptionGroup var client: ClientOptions

    func validate() throws {
        if all == !positions.isEmpty { throw ValidationError("Name positions, or say --all.") }
        if data != nil, positions.count != 1 {
            throw ValidationError("--data stands with exactly one position.")
        }
    }

    func run() async throws {
        try await client.perform { api in
            var failed = false
            let body = try body()
            for segments in all ? [["parked", "retry"]] : positions.map({ ["parked", String($0), "retry"] }) {
                let answer = try await api.post(RequestPath(segments, [("processor", processor)]), body: body)
                failed = RepairText.hasFailures(try answer.value()) || failed
                try client.show(answer, RepairText.text)
            }
            if failed { throw ExitCode.failed }
        }
    }

    private func body() throws(ClientError) -> [UInt8]? {
        guard let data else { return nil }
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("data")
        writer.raw(try JSONArgument(data, named: "--data").bytes)
        writer.endObject()
        return writer.bytes
    }
}

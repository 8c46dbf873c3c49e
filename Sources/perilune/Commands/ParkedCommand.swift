import ArgumentParser
import Runtime

/// `perilune parked`: what handlers gave up on, and why.
struct ParkedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parked",
        abstract: "Shows the events that handlers gave up on for now, each with its failure.",
        discussion: """
            Later events of the same key wait behind a parked one. Mend the script, then `perilune retry \
            POSITION`; or give the event up with `perilune skip POSITION`.

            Example: perilune parked --processor reserve-stock
            """
    )

    @Option(help: "Only those of this processor.")
    var processor: String?

    @OptionGroup var client: ClientOptions

    func run() async throws {
        try await client.perform { api in
            let path = RequestPath(["parked"], [("processor", processor)])
            try client.show(try await api.get(path)) { answer in
                let parked = answer["parked"]?.array ?? []
                return parked.isEmpty ? "nothing is parked" : parked.map(text).joined(separator: "\n")
            }
        }
    }

    private func text(_ event: JSONValue) -> String {
        let parts = ["position", "processor", "stream", "type"].map { JSONText.cell(event[$0]) }
        let head = parts.joined(separator: "  ") + "  " + EventText.time(JSONText.cell(event["time"]))
        if let first = event["behind"]?.integer { return head + "\n    waits behind position \(first)" }
        let attempts = JSONText.cell(event["attempts"])
        return head + "\n    after \(attempts) attempts: " + RepairText.summary(of: event["failure"])
    }
}

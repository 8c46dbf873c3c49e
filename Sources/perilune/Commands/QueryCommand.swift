import ArgumentParser
import Runtime

/// `perilune query`: reads a read model.
struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract: "Runs a query of the app, and shows its result.",
        discussion: """
            With --after the answer waits until the read model has seen that position: give it the \
            position that a command answered with, and you read your own write.

            Example: perilune query order-summary order=42 --after 17 --timeout 2s
            """
    )

    @Argument(help: "The query, such as order-summary.")
    var name: String

    @Argument(help: "The query's parameters, each as name=value.")
    var parameters: [String] = []

    @Option(help: "Wait until the read model has reached this position.")
    var after: UInt64?

    @Option(help: "How long to wait for it, such as 500ms or 5s.")
    var timeout: String?

    @OptionGroup var client: ClientOptions

    func validate() throws {
        for parameter in parameters {
            guard let name = parameter.split(separator: "=", omittingEmptySubsequences: false).first,
                parameter.contains("="), !name.isEmpty
            else { throw ValidationError("\(parameter.debugDescription) must be written as name=value.") }
            if name == "after" || name == "timeout" {
                throw ValidationError("The parameter name \(name) is taken; use --\(name).")
            }
        }
    }

    func run() async throws {
        try await client.perform { api in
            let own = parameters.map { parameter in
                let sides = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (name: String(sides[0]), value: Optional(String(sides[1])))
            }
            let waiting = [
                (name: "after", value: after.map { String($0) }), (name: "timeout", value: timeout),
            ]
            let answer = try await api.get(RequestPath(["queries", name], own + waiting))
            try client.show(answer) { ResultText.text($0["result"] ?? .null) }
        }
    }
}

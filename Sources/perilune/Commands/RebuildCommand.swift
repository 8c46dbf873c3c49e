import ArgumentParser
import Runtime

/// `perilune processors rebuild`.
struct RebuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Builds the rows of a projection anew from the log, while the old ones go on answering.",
        discussion: """
            The new rows take the place of the old ones when they have come to the end of the log. A \
            projection whose definition changed is built anew by itself; this is for rows that are doubted.

            Example: perilune processors rebuild order-summary --wait
            """
    )

    @Argument(help: "The projection, such as order-summary.")
    var name: String

    @Flag(help: "Wait until the new rows answer.")
    var wait = false

    @OptionGroup var client: ClientOptions

    func run() async throws {
        let isBuilt = try await built()
        if !isBuilt { throw ExitCode.failed }
    }

    /// Whether the new rows answer, or are on their way when nobody waits for them.
    private func built() async throws -> Bool {
        var isBuilt = true
        try await client.perform { api in
            let before = wait ? try await generation(from: api) : 0
            var answer = try await api.post(RequestPath(["processors", name, "rebuild"]))
            if wait {
                answer = try await end(of: answer, from: api)
                isBuilt = (try answer.value()["generation"]?.integer ?? 0) > before
            }
            try client.show(answer) { ProcessorText.table([$0]) }
        }
        return isBuilt
    }

    /// The generation that answers now; 0 for what has none, which the host then refuses to build anew.
    private func generation(from api: APIClient) async throws -> Int64 {
        try await processor(from: api).value()["generation"]?.integer ?? 0
    }

    private func processor(from api: APIClient) async throws -> Answer {
        let all = try await api.get(RequestPath(["processors"]))
        let found = try all.value()["processors"]?.array?.first { $0["name"]?.string == name }
        return Answer(url: all.url, bytes: Array(JSONText.compact(found ?? .null).utf8))
    }

    /// Asks again and again, with a bar on a terminal, until nothing is being built.
    private func end(of first: Answer, from api: APIClient) async throws -> Answer {
        let bar = ProgressBar("rebuild") { "\($0) events" }
        defer { bar.clear() }
        var answer = first
        while let rebuild = try answer.value()["rebuild"], rebuild["generation"] != nil {
            bar.show(
                Int(rebuild["position"]?.integer ?? 0),
                of: Int(rebuild["target"]?.integer ?? 0)
            )
            try await Task.sleep(for: Self.pause)
            answer = try await processor(from: api)
        }
        return answer
    }

    /// Between two looks: a bar that moves as fast as eyes follow.
    private static let pause = Duration.milliseconds(200)
}

import EventLog
import Hummingbird
import Runtime

/// Named reads of read models.
struct QueryRoutes {
    let host: Host

    /// `GET /queries/{name}?…&after=&timeout=`: every other parameter is the query's own, as text.
    ///
    /// The host turns it into the type that the script declared. With `after`, waits until the read models
    /// have reached that position.
    func run(_ request: APIRequest) async throws -> Response {
        let query = try QueryParameters(parsing: request.request.uri.query ?? "")
        let timeout = try query.seconds("timeout") ?? ServerLimits.queryTimeoutSecondsDefault
        guard timeout <= ServerLimits.queryTimeoutSecondsMax else {
            throw Problem.invalidInput(
                "timeout",
                "timeout must be at most \(Int(ServerLimits.queryTimeoutSecondsMax)) seconds"
            )
        }
        let answer = try await host.query(
            try request.name("name", for: .reading),
            parameters: try parameters(of: query)[...],
            after: try query.number("after"),
            timeoutSeconds: timeout
        )
        return Response.json { writer in
            writer.beginObject()
            writer.name("result")
            writer.raw(answer.result)
            writer.name("position")
            writer.integer(answer.position)
            writer.endObject()
        }
    }

    /// The query's own parameters as a JSON object of strings.
    private func parameters(of query: QueryParameters) throws(Problem) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        for name in Set(query.pairs.map(\.name)).subtracting(["after", "timeout"]).sorted() {
            writer.name(name)
            writer.string(try query.text(name) ?? "")
        }
        writer.endObject()
        return writer.bytes
    }
}

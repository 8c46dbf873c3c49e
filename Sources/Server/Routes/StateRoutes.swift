import EventLog
import Hummingbird
import Runtime

/// What an aggregate is now, or was.
struct StateRoutes {
    let host: Host

    /// `GET /state/{aggregate}/{key}?at=`: `at` is a position; the state after everything up to it.
    func read(_ request: APIRequest) async throws -> Response {
        let query = try request.query(["at"])
        let view = try await host.state(
            aggregate: try request.name("aggregate", for: .reading),
            key: try request.name("key", for: .reading),
            at: try query.number("at")
        )
        return Response.json { writer in
            writer.beginObject()
            writer.name("state")
            writer.raw(view.state)
            writer.name("revision")
            writer.integer(view.revision)
            writer.endObject()
        }
    }
}

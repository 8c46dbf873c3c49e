import EventLog
import Hummingbird
import Runtime

/// Why an event is in the log.
struct WhyRoutes {
    let host: Host

    /// `GET /why/{event}`: `event` is a position.
    func position(_ request: APIRequest) async throws -> Response {
        _ = try request.query()
        return try Self.response(try await host.why(try request.position("event")))
    }

    /// `GET /why/{event}/{revision}`: `event` is a stream.
    func revision(_ request: APIRequest) async throws -> Response {
        _ = try request.query()
        let stream = try PathNames.stream(try request.name("event", for: .reading), for: .reading)
        let why = try await host.why(stream, revision: try request.position("revision"))
        return try Self.response(why)
    }

    private static func response(_ why: Why) throws -> Response {
        try Response.json { writer in try writer.value(why.json) }
    }
}

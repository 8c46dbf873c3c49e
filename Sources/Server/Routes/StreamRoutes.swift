import EventLog
import Hummingbird
import Runtime

/// One stream: appending to it, and reading it by revision.
struct StreamRoutes {
    let host: Host

    /// Before a client's own key in the log, so that it can't meet the key of a command.
    static let keyPrefix = "append:"

    /// `POST /streams/{stream}?expected=any|none|exists|N`: the body is one event or a list.
    func append(_ request: APIRequest) async throws -> Response {
        let query = try request.query(["expected"])
        let stream = try PathNames.stream(try request.name("stream", for: .writing), for: .writing)
        let key = try request.header(.idempotencyKey)
        let expected = try query.text("expected").map { (text) throws(Problem) in
            try EventInput.expected(text, field: "expected")
        }
        let frame = NewFrame(
            events: try EventInput.events(in: try await request.body(), for: stream),
            conditions: expected.map { [.stream(stream, $0)] } ?? [],
            idempotencyKey: key.map { Self.keyPrefix + $0 }
        )
        guard !frame.events.isEmpty else { throw Problem.invalidInput("body", "the list holds no event") }
        let receipt = try await host.commit(frame)
        return Response.json(status: .created) { writer in
            writer.beginObject()
            writer.name("position")
            writer.integer(receipt.lastPosition)
            writer.name("revision")
            writer.integer(receipt.revisions.last)
            writer.endObject()
        }
    }

    /// `GET /streams/{stream}?from=&limit=&direction=`: `from` is a revision; a stream without events is an
    /// empty page.
    func read(_ request: APIRequest) async throws -> Response {
        let query = try request.query(["from", "limit", "direction"])
        let direction = try query.direction()
        let page = EventPage(
            filter: .stream(try PathNames.stream(try request.name("stream", for: .reading), for: .reading)),
            direction: direction,
            from: try query.number("from") ?? (direction == .forwards ? 0 : .max),
            limit: try query.limit()
        )
        return try page.response(from: host)
    }
}

import EventLog
import Hummingbird
import Runtime

/// Commands to aggregates: where events begin.
struct CommandRoutes {
    let host: Host

    /// `POST /commands/{aggregate}/{key}/{command}?expected=`: the body is the arguments, an object; nothing
    /// means `{}`.
    func execute(_ request: APIRequest) async throws -> Response {
        let query = try request.query(["expected"])
        var command = Command(
            aggregate: try request.name("aggregate", for: .writing),
            key: try request.name("key", for: .writing),
            name: try request.name("command", for: .writing),
            idempotencyKey: try request.header(.idempotencyKey)
        )
        command.correlation = try request.header(.correlationID)
        if let text = try query.text("expected") {
            command.expected = try EventInput.expected(text, field: "expected")
        }
        let body = try await request.body()
        if !body.isEmpty {
            _ = try JSONObjectReader(parsing: body[...])
            command.arguments = body[...]
        }
        switch try await host.execute(command) {
        case .accepted(let acceptance): return accepted(acceptance)
        case .refused(let refusal): throw Problem.refused(refusal)
        }
    }

    private func accepted(_ acceptance: Acceptance) -> Response {
        Response.json { writer in
            writer.beginObject()
            writer.name("outcome")
            writer.string("accepted")
            writer.name("position")
            writer.integer(acceptance.position)
            writer.name("revision")
            writer.integer(acceptance.revision)
            writer.name("events")
            writer.beginArray()
            for event in acceptance.events { writer.event(event) }
            writer.endArray()
            writer.endObject()
        }
    }
}

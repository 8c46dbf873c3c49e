import EventLog
import Hummingbird
import Runtime

/// Transactions over several streams: all of it, or nothing.
struct CommitRoutes {
    let host: Host

    /// `POST /commits`: `{events:[…], conditions:[…]}`; answers with the position of the last event and the
    /// revision of each, in the order of the request.
    func commit(_ request: APIRequest) async throws -> Response {
        _ = try request.query()
        let key = try request.header(.idempotencyKey)
        var frame = try EventInput.frame(in: try await request.body())
        guard !frame.events.isEmpty else { throw Problem.invalidInput("events", "\"events\" holds no event") }
        frame.idempotencyKey = key.map { StreamRoutes.keyPrefix + $0 }
        let receipt = try await host.commit(frame)
        return Response.json(status: .created) { writer in
            writer.beginObject()
            writer.name("position")
            writer.integer(receipt.lastPosition)
            writer.name("revision")
            writer.integer(receipt.revisions.last)
            writer.name("revisions")
            writer.integers(receipt.revisions)
            writer.endObject()
        }
    }
}

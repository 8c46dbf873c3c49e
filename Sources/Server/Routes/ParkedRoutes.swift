import EventLog
import Hummingbird
import Runtime

/// Events that processors gave up on: the list, and the repairs.
struct ParkedRoutes {
    let host: Host

    /// `GET /parked?processor=`: each with its failure in full.
    func list(_ request: APIRequest) async throws -> Response {
        let parked = try await host.parked(processor: try request.query(["processor"]).text("processor"))
        return Response.json { writer in
            writer.beginObject()
            writer.name("parked")
            writer.beginArray()
            for event in parked { writer.parked(event) }
            writer.endArray()
            writer.endObject()
        }
    }

    /// `POST /parked/{position}/retry?processor=`: the body may hold `data`, which stands in for the event's
    /// own this once.
    func retry(_ request: APIRequest) async throws -> Response {
        let processor = try request.query(["processor"]).text("processor")
        let body = try await object(in: request, allowing: "data")
        return report(
            try await host.retryParked(
                try request.position("position"),
                processor: processor,
                data: body?.raw("data")
            )
        )
    }

    /// `POST /parked/{position}/skip?processor=`: gives it up for good.
    func skip(_ request: APIRequest) async throws -> Response {
        let processor = try request.query(["processor"]).text("processor")
        _ = try await object(in: request, allowing: nil)
        return report(try await host.skipParked(try request.position("position"), processor: processor))
    }

    /// `POST /parked/retry?processor=`: all of them, or all of one processor.
    func retryAll(_ request: APIRequest) async throws -> Response {
        let processor = try request.query(["processor"]).text("processor")
        _ = try await object(in: request, allowing: nil)
        return report(try await host.retryAllParked(processor: processor))
    }

    /// The body, which may be empty, and has no member but the one.
    private func object(in request: APIRequest, allowing member: String?) async throws -> JSONObjectReader? {
        let body = try await request.body()
        guard !body.isEmpty else { return nil }
        let reader = try JSONObjectReader(parsing: body[...])
        if let stranger = reader.names.first(where: { $0 != member }) {
            throw Problem.invalidInput(stranger, "this route takes no member \(stranger.debugDescription)")
        }
        return reader
    }

    private func report(_ report: RepairReport) -> Response {
        Response.json { writer in
            writer.beginObject()
            writer.name("retried")
            writer.integers(report.retried)
            writer.name("skipped")
            writer.integers(report.skipped)
            writer.name("failed")
            writer.beginArray()
            for failed in report.failed {
                writer.beginObject()
                writer.name("position")
                writer.integer(failed.position)
                writer.name("failure")
                writer.failure(failed.failure)
                writer.endObject()
            }
            writer.endArray()
            writer.endObject()
        }
    }
}

extension JSONWriter {
    fileprivate mutating func parked(_ event: ParkedEvent) {
        beginObject()
        name("position")
        integer(event.position)
        for (member, value) in [
            ("processor", event.processor), ("stream", event.stream.text), ("type", event.type),
            ("time", TimeText.format(event.time)), ("rule", event.rule),
        ] {
            name(member)
            string(value)
        }
        name("attempts")
        integer(event.attempts)
        name("behind")
        integer(event.behind)
        name("failure")
        failure(event.failure)
        endObject()
    }
}

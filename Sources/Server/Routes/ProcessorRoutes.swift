import EventLog
import Hummingbird
import Runtime

/// Processors: how they stand, and their brakes.
struct ProcessorRoutes {
    let host: Host

    /// `GET /processors`.
    func list(_ request: APIRequest) async throws -> Response {
        _ = try request.query()
        let processors = await host.processors()
        return Response.json { writer in
            writer.beginObject()
            writer.name("processors")
            writer.beginArray()
            for processor in processors { writer.processor(processor) }
            writer.endArray()
            writer.endObject()
        }
    }

    /// `POST /processors/{name}/pause`: answers with the processor.
    func pause(_ request: APIRequest) async throws -> Response {
        try await change(request) { name in try await host.pause(processor: name) }
    }

    /// `POST /processors/{name}/resume`: answers with the processor.
    func resume(_ request: APIRequest) async throws -> Response {
        try await change(request) { name in try await host.resume(processor: name) }
    }

    /// `POST /processors/{name}/rebuild`: not in this version.
    func rebuild(_ request: APIRequest) async throws -> Response {
        throw RuntimeError.notAvailable("rebuilding a projection")
    }

    private func change(
        _ request: APIRequest,
        _ change: (String) async throws -> Void
    ) async throws -> Response {
        _ = try request.query()
        let name = try request.name("name", for: .reading)
        try await change(name)
        let processors = await host.processors()
        guard let processor = processors.first(where: { $0.name == name }) else {
            throw RuntimeError.unknownProcessor(name, known: processors.map(\.name))
        }
        return Response.json { writer in writer.processor(processor) }
    }
}

extension JSONWriter {
    fileprivate mutating func processor(_ processor: ProcessorStatus) {
        beginObject()
        for (member, value) in [
            ("name", processor.name), ("kind", processor.kind.rawValue), ("state", processor.state.rawValue),
        ] {
            name(member)
            string(value)
        }
        name("position")
        integer(processor.position)
        name("lag_events")
        integer(processor.lagEvents)
        name("lag_seconds")
        // Whole milliseconds: more digits would only be noise, and an age is always finite.
        raw(String((processor.lagSeconds * 1_000).rounded() / 1_000).utf8)
        name("lanes")
        beginObject()
        for (lane, position) in processor.lanes.sorted(by: { $0.key < $1.key }) {
            name(String(lane))
            integer(position)
        }
        endObject()
        name("steps")
        integer(processor.steps)
        name("parked")
        integer(processor.parked)
        name("retrying")
        integer(processor.retrying)
        name("last_failure")
        failure(processor.lastFailure)
        if let due = processor.nextDue {
            name("next_due")
            string(TimeText.format(due))
        }
        if let waiting = processor.waitingTimers {
            name("waiting_timers")
            integer(waiting)
        }
        endObject()
    }
}

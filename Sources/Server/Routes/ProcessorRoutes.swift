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

    /// `POST /processors/{name}/rebuild`: 202, it has begun; answers with the processor.
    func rebuild(_ request: APIRequest) async throws -> Response {
        try await change(request, status: .accepted) { name in try await host.rebuild(processor: name) }
    }

    private func change(
        _ request: APIRequest,
        status: HTTPResponse.Status = .ok,
        _ change: (String) async throws -> Void
    ) async throws -> Response {
        _ = try request.query()
        let name = try request.name("name", for: .reading)
        try await change(name)
        let processors = await host.processors()
        guard let processor = processors.first(where: { $0.name == name }) else {
            throw RuntimeError.unknownProcessor(name, known: processors.map(\.name))
        }
        return Response.json(status: status) { writer in writer.processor(processor) }
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
        thousandths(processor.lagSeconds)
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
        if let generation = processor.generation {
            name("generation")
            integer(generation)
            name("rebuild")
            rebuild(processor.rebuild)
        }
        endObject()
    }

    private mutating func rebuild(_ progress: RebuildProgress?) {
        guard let progress else { return null() }
        beginObject()
        name("generation")
        integer(progress.generation)
        name("reason")
        string(progress.reason.rawValue)
        name("position")
        integer(progress.position)
        name("target")
        integer(progress.target)
        name("percent")
        thousandths(progress.percent)
        name("events_per_second")
        if let rate = progress.eventsPerSecond { thousandths(rate) } else { null() }
        endObject()
    }

    /// More digits would only be noise, and what is written here is always finite.
    private mutating func thousandths(_ number: Double) {
        raw(String((number * 1_000).rounded() / 1_000).utf8)
    }
}

import EventLog
import Lua

/// Runs a handler on one event without consequences, and tells all that came of it.
///
/// The handler sees the log as it was when its event was the newest one. What it asks for is committed to an
/// overlay of its own, so that the states of the streams that it moved can be told before and after.
enum HandlerTrial {
    /// One run.
    ///
    /// - Returns: `{outcome, events, changes, instructions, bytes, milliseconds, failure?}`.
    /// - Throws: `RuntimeError` when the scripts can't be loaded or have no such handler.
    static func run(
        _ name: String,
        on event: RecordedEvent,
        of log: any EventLog,
        _ scripts: ScriptSet,
        interruption: LuaInterruption
    ) throws -> JSONValue {
        let trial = OverlayLog(log, endingAt: event.position, clock: { event.time })
        let replayer = try Replayer(
            scripts,
            over: trial,
            from: event.position,
            traces: true,
            interruption: interruption
        )
        let handlers = replayer.session.definitions.handlers
        guard let handler = handlers.first(where: { $0.name == name }) else {
            throw RuntimeError.unknownProcessor(name, known: handlers.map(\.name))
        }
        guard handler.wants(event) else {
            throw ExplorerError("handler \(name) doesn't want \(event.type) of \(event.stream)")
        }
        let step = RecordedStep(
            cause: .event(event, handler: name),
            end: event.position,
            events: [],
            stamp: nil
        )
        let start = ContinuousClock.now
        let replayed = try replayer.run(step)
        let took = ContinuousClock.now - start
        var answer: [String: JSONValue] = [
            "outcome": .string(outcome(replayed.ending)),
            "instructions": .integer(Int64(replayed.instructions)),
            "bytes": .integer(Int64(replayed.bytes)),
            "milliseconds": .float(milliseconds(took)),
            "events": .array(try events(replayed)),
            "changes": .array(try changes(replayed, replayer, trial)),
        ]
        if case .failed(let failure) = replayed.ending { answer["failure"] = .string(failure.text) }
        if case .callsOut(let method, let url) = replayed.ending {
            answer["call"] = .string("\(method) \(url)")
        }
        return .object(answer)
    }

    private static func outcome(_ ending: ReplayedStep.Ending) -> String {
        switch ending {
        case .decided: "decided"
        case .aborted: "aborted"
        case .failed: "failed"
        case .callsOut: "calls out"
        case .gone: "gone"
        }
    }

    private static func events(_ replayed: ReplayedStep) throws -> [JSONValue] {
        try replayed.events.enumerated().map { index, event in
            var told: [String: JSONValue] = [
                "stream": .string(event.stream.text), "type": .string(event.type),
                "data": event.data.isEmpty ? [:] : try JSONValue(parsing: event.data),
            ]
            if !event.tags.isEmpty { told["tags"] = .array(event.tags.map(JSONValue.string)) }
            if replayed.places.indices.contains(index), !replayed.places[index].isEmpty {
                told["place"] = .string(replayed.places[index])
            }
            return .object(told)
        }
    }

    /// Of each aggregate that was moved: its state before and after.
    private static func changes(
        _ replayed: ReplayedStep,
        _ replayer: Replayer,
        _ trial: OverlayLog
    ) throws -> [JSONValue] {
        let aggregates = replayer.session.definitions.aggregates
        var streams: [StreamName] = []
        for event in replayed.events where aggregates[event.stream.category] != nil {
            if !streams.contains(event.stream) { streams.append(event.stream) }
        }
        guard !streams.isEmpty else { return [] }
        let before = try streams.map { try replayer.state(of: $0) }
        try trial.add(NewFrame(events: replayed.events))
        replayer.past.move(to: trial.lastPosition)
        return try zip(streams, before).map { stream, before in
            [
                "stream": .string(stream.text), "before": state(before),
                "after": state(try replayer.state(of: stream)),
            ]
        }
    }

    /// A state, or why it can't be folded.
    private static func state(_ text: String) -> JSONValue {
        // What isn't JSON is the reason.
        (try? JSONValue(parsing: text)) ?? .string(text)
    }

    private static func milliseconds(_ duration: Duration) -> Double {
        let (seconds, attoseconds) = duration.components
        // To the microsecond: behind that is noise.
        return Double(seconds * 1_000_000 + attoseconds / 1_000_000_000_000) / 1_000
    }
}

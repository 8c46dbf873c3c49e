import EventLog

/// The chain as the API gives it, and the command line with `--json`.
extension Why {
    /// `{"links": […]}`, the event that was asked about first.
    public var json: JSONValue { ["links": .array(links.map(\.json))] }
}

extension WhyLink {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "position": .integer(Int64(event.position)), "stream": .string(event.stream.text),
            "revision": .integer(Int64(event.revision)), "type": .string(event.type),
            "id": .string(event.id.description), "time": .string(TimeText.format(event.time)),
        ]
        switch origin {
        case .step(let step):
            members["origin"] = "step"
            members["step"] = step.json
        case .command(let command):
            members["origin"] = "command"
            members["command"] = command.json
        case .schedule(let name):
            members["origin"] = "schedule"
            members["schedule"] = .string(name)
        case .host: members["origin"] = "host"
        case .outside: members["origin"] = "outside"
        }
        if let lost { members["lost"] = .string(lost) }
        return .object(members)
    }
}

extension WhyStep {
    fileprivate var json: JSONValue {
        .object([
            "by": .string(by), "command": command.map { .string($0) } ?? .null, "rule": .string(rule),
            "published": published?.why ?? .null, "place": place.map { .string($0) } ?? .null,
            "doubt": doubt.map { .string($0) } ?? .null, "saw": .array(saw.map(\.why)),
            "attempts": .array(attempts.map(\.json)),
        ])
    }
}

extension WhyAttempt {
    fileprivate var json: JSONValue {
        [
            "what": .string(what), "position": .integer(Int64(position)),
            "time": .string(TimeText.format(time)), "failure": failure.map { .string($0) } ?? .null,
        ]
    }
}

extension WhyCommand {
    fileprivate var json: JSONValue {
        .object([
            "asked": .string(asked), "arguments": JSONValue(shown: arguments), "rule": .string(rule),
            "correlation": correlation.map { .string($0) } ?? .null,
            "refused": refusal.map { ["code": .string($0.code), "text": .string($0.text)] } ?? .null,
            "now": now.map { .string(TimeText.format($0 * 1_000)) } ?? .null,
        ])
    }
}

extension PublishedScripts {
    fileprivate var why: JSONValue {
        .object([
            "position": .integer(Int64(position)), "time": .string(TimeText.format(time)),
            "origin": .string(origin.rawValue), "author": author.map { .string($0) } ?? .null,
            "note": note.map { .string($0) } ?? .null,
        ])
    }
}

extension AppendCondition {
    fileprivate var why: JSONValue {
        switch self {
        case .stream(let stream, .exactly(let revision)):
            ["stream": .string(stream.text), "revision": .integer(Int64(revision))]
        case .stream(let stream, _): ["stream": .string(stream.text), "revision": .null]
        case .noEvent(let query, let position):
            .object([
                "types": .array(query.types.sorted().map { .string($0) }),
                "tags": .array(query.tags.sorted().map { .string($0) }),
                "category": query.category.map { .string($0) } ?? .null,
                "up_to": .integer(Int64(position)),
            ])
        }
    }
}

import EventLog
import Runtime

/// Words of a prompt that ask the running host: queries, processors, parked events, the live stream, and what
/// is sent to be written.
struct HostWords {
    let api: APIClient
    let log: RemoteLog
    let calls: BlockingCalls
    let live: LiveQueue

    /// By the names that `stdlib/prelude/repl_live.lua` calls.
    var words: [String: (JSONValue) throws -> JSONValue] {
        [
            "repl_processors": { _ in try get(RequestPath(["processors"]))["processors"] ?? [] },
            "repl_parked": { _ in try get(RequestPath(["parked"]))["parked"] ?? [] },
            "repl_follow": follow,
        ]
    }

    /// The same where there is no host: each says so, and the stream of a folder has nothing live.
    static var absent: [String: (JSONValue) throws -> JSONValue] {
        let refusal: (JSONValue) throws -> JSONValue = { _ in throw ExplorerError.noHost }
        return [
            "repl_processors": refusal, "repl_parked": refusal,
            "repl_follow": { _ in
                Console.standardError.line("perilune: a data folder doesn't grow; this is all")
                return .null
            },
        ]
    }

    private func get(_ path: RequestPath) throws -> JSONValue {
        try calls.wait { [api] in try await api.get(path).value() }
    }

    /// Runs a query of the app.
    func query(_ options: JSONValue) throws -> JSONValue {
        let parameters = (options["params"]?.object ?? [:]).sorted { $0.key < $1.key }.map { name, value in
            (name: name, value: Optional(JSONText.cell(value)))
        }
        let path = RequestPath(["queries", options["name"]?.string ?? ""], parameters)
        return try get(path)["result"] ?? .null
    }

    private func follow(_ options: JSONValue) throws -> JSONValue {
        let pattern = options["pattern"]?.string?.split(separator: ".").map(String.init) ?? []
        let category = options["category"]?.string ?? pattern.first.flatMap { $0 == "*" ? nil : $0 }
        let type = pattern.last.flatMap { $0 == "*" ? nil : $0 }
        var parameters: [(name: String, value: String?)] = [(name: "category", value: category)]
        let types = (options["types"]?.array ?? []).compactMap(\.string) + [type].compactMap(\.self)
        parameters += types.map { ("type", $0) }
        parameters += (options["tags"]?.array ?? []).compactMap(\.string).map { ("tag", $0) }
        let after = try options["after"]?.integer ?? newest()
        let connection = LiveConnection(api: api, parameters: parameters, after: after)
        live.begin { await connection.run($0) }
        return .null
    }

    private func newest() throws -> Int64 {
        try log.refresh()
        return Int64(log.lastPosition)
    }

    /// The next event of the stream, as scripts see events; nil when it was ended, or never begun.
    static func next(_ live: LiveQueue) throws -> JSONValue {
        while true {
            switch live.next() {
            case .event(let event, _): return scriptForm(event)
            case .remark(let text): Console.standardError.line("perilune: \(text)")
            case .failed(let error): throw error
            case .end: return .null
            }
        }
    }

    /// An event of the API as scripts have it: with its category and its key, and milliseconds for its time.
    static func scriptForm(_ event: JSONValue) -> JSONValue {
        guard var members = event.object, let stream = event["stream"]?.string else { return event }
        let parts = stream.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        members["category"] = .string(String(parts[0]))
        members["key"] = .string(parts.count > 1 ? String(parts[1]) : "")
        if let time = event["time"]?.string.flatMap(TimeText.parse) {
            members["time"] = .integer(time / 1_000)
        }
        if members["data"]?.isNull ?? true { members["data"] = [:] }
        return .object(members)
    }
}

// What is written.
extension HostWords {
    /// Sends one step.
    func send(_ request: PendingStep.Request, under key: String) throws -> SentStep {
        let headers = [("Idempotency-Key", key)]
        switch request {
        case .command(let command):
            let expected = command.expected == .any ? nil : command.expected.description
            let path = RequestPath(
                ["commands", command.aggregate, command.key, command.name],
                [("expected", expected)]
            )
            let body = command.arguments.isEmpty ? Array("{}".utf8) : Array(command.arguments)
            return try outcome {
                let answer = try calls.wait { [api] in
                    try await api.post(path, body: body, headers: headers).value()
                }
                return (answer["events"]?.array ?? []).map(Self.scriptForm)
            }
        case .append: return try send(together: [request], under: key)
        }
    }

    /// Sends appends in one commit, on the streams as they were seen.
    func send(together requests: [PendingStep.Request], under key: String) throws -> SentStep {
        let body = Array(JSONText.compact(Self.commit(requests)).utf8)
        let headers = [("Idempotency-Key", key)]
        return try outcome {
            let answer = try calls.wait { [api] in
                try await api.post(RequestPath(["commits"]), body: body, headers: headers).value()
            }
            let last = answer["position"]?.integer ?? 0
            let first = last - Int64(requests.count) + 1
            let page = try get(
                RequestPath(["events"], [("from", String(first)), ("limit", String(requests.count))])
            )
            return (page["events"]?.array ?? []).map(Self.scriptForm)
        }
    }

    private static func commit(_ requests: [PendingStep.Request]) -> JSONValue {
        var events: [JSONValue] = []
        var conditions: [JSONValue] = []
        var seen: Set<StreamName> = []
        for case .append(let event, let expected) in requests {
            events.append([
                "stream": .string(event.stream.text), "type": .string(event.type),
                "data": parsed(event.data), "meta": parsed(event.meta),
                "tags": .array(event.tags.map(JSONValue.string)),
            ])
            // What comes behind the first one stands on it.
            guard seen.insert(event.stream).inserted, expected != .any else { continue }
            conditions.append([
                "stream": .string(event.stream.text), "expected": condition(expected),
            ])
        }
        return ["events": .array(events), "conditions": .array(conditions)]
    }

    private static func parsed(_ bytes: ArraySlice<UInt8>) -> JSONValue {
        // The prompt encoded them.
        guard let value = try? JSONValue(parsing: bytes) else { preconditionFailure("a prompt writes JSON") }
        return value
    }

    private static func condition(_ expected: ExpectedRevision) -> JSONValue {
        if case .exactly(let revision) = expected { return .integer(Int64(revision)) }
        return .string(expected.description)
    }

    private func outcome(_ body: () throws -> [JSONValue]) throws -> SentStep {
        do {
            return .accepted(try body())
        } catch ClientError.problem(let problem) where problem.isRefusal {
            return .refused(code: problem.code, text: problem.detail)
        }
    }
}

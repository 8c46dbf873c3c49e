import EventLog

/// What happened to parked events of one processor, as its stream `$parked-<processor>` tells it.
enum ParkedRecord: Sendable {
    /// `EventParked`: the processor gave up for now, or the event waits behind an earlier one of its key.
    case parked(ParkedEvent)
    /// `RetryScheduled`: the step failed and is tried again at a time; its key waits until then.
    case waiting(ParkedEvent)
    /// `StepEndedProcess`: the process ended while the step of this event ran.
    case endedProcess(Position)
    /// `ParkedEventFailed`: a retry by hand failed too.
    case failedAgain(Position, ScriptFailure, rule: String)
    /// `ParkedEventRetried`: its step is part of the same frame.
    case retried(Position)
    /// `ParkedEventSkipped`: given up for good.
    case skipped(Position)

    static func stream(of processor: String) throws(EventLogError) -> StreamName {
        try StreamName(category: "$parked", key: processor)
    }

    func event(processor: String) throws(EventLogError) -> NewEvent {
        let (type, data) = encoded
        do {
            return NewEvent(
                stream: try Self.stream(of: processor),
                type: type,
                data: try JSONValue.object(data).bytes()[...]
            )
        } catch let error as EventLogError {
            throw error
        } catch {
            preconditionFailure("a parked record holds texts and integers only: \(error)")
        }
    }

    private var encoded: (type: String, data: [String: JSONValue]) {
        switch self {
        case .parked(let event), .waiting(let event):
            var data: [String: JSONValue] = [
                "position": .integer(Int64(event.position)), "stream": .string(event.stream.text),
                "type": .string(event.type), "attempts": .integer(Int64(event.attempts)),
                "rule": .string(event.rule),
            ]
            if let behind = event.behind { data["behind"] = .integer(Int64(behind)) }
            if let failure = event.failure { data["failure"] = failure.json }
            guard let retryAt = event.retryAt else { return ("EventParked", data) }
            data["retry_at"] = .integer(retryAt)
            return ("RetryScheduled", data)
        case .endedProcess(let position):
            return ("StepEndedProcess", ["position": .integer(Int64(position))])
        case .failedAgain(let position, let failure, let rule):
            let data: [String: JSONValue] = [
                "position": .integer(Int64(position)), "failure": failure.json, "rule": .string(rule),
            ]
            return ("ParkedEventFailed", data)
        case .retried(let position): return ("ParkedEventRetried", ["position": .integer(Int64(position))])
        case .skipped(let position): return ("ParkedEventSkipped", ["position": .integer(Int64(position))])
        }
    }

    /// Reads a record back; the host alone writes these streams.
    init(_ event: RecordedEvent, processor: String) throws {
        let data = try JSONValue(parsing: event.data)
        guard let number = data["position"]?.integer, number > 0 else {
            throw RuntimeError.invalidInput(
                "the parked record at position \(event.position) names no position"
            )
        }
        let position = Position(number)
        switch event.type {
        case "EventParked", "RetryScheduled":
            let parked = ParkedEvent(
                position: position,
                processor: processor,
                stream: try StreamName(data["stream"]?.string ?? ""),
                type: data["type"]?.string ?? "",
                time: event.time,
                attempts: Int(data["attempts"]?.integer ?? 0),
                behind: data["behind"]?.integer.map { Position($0) },
                rule: data["rule"]?.string ?? "",
                failure: data["failure"].map(ScriptFailure.init),
                retryAt: data["retry_at"]?.integer
            )
            self = event.type == "EventParked" ? .parked(parked) : .waiting(parked)
        case "StepEndedProcess": self = .endedProcess(position)
        case "ParkedEventFailed":
            let failure = ScriptFailure(data["failure"] ?? .null)
            self = .failedAgain(position, failure, rule: data["rule"]?.string ?? "")
        case "ParkedEventRetried": self = .retried(position)
        case "ParkedEventSkipped": self = .skipped(position)
        default: throw RuntimeError.notAvailable("the parked record \(event.type)")
        }
    }
}

extension ScriptFailure {
    /// The failure as it is recorded, and as the API shows it.
    public var json: JSONValue {
        .object([
            "code": .string(code), "summary": .string(summary), "file": .string(file),
            "line": .integer(Int64(line)),
            "context": .string(context), "hint": .string(hint), "text": .string(text),
        ])
    }

    init(_ json: JSONValue) {
        self.init(
            code: json["code"]?.string ?? "",
            summary: json["summary"]?.string ?? "",
            file: json["file"]?.string ?? "",
            line: Int(json["line"]?.integer ?? 0),
            context: json["context"]?.string ?? "",
            hint: json["hint"]?.string ?? "",
            text: json["text"]?.string ?? ""
        )
    }
}

import EventLog

/// Where a handler begins that the log knows nothing of yet: `from` in a script.
///
/// It counts once. The first start is recorded, `ProcessorStarted` in `$processor-<name>`, together with the
/// marks that it sets; from then on the marks alone say where the handler is, whatever `from` becomes.
enum StartPoint: Hashable, Sendable {
    /// With the first event of the log: the default, which needs no record.
    case beginning

    /// Behind the newest event that is there.
    case now

    /// With the event at this position.
    case position(Position)

    /// With the first event that was committed at this time or later.
    case time(LogTime)

    /// Reads what a script gave; null is the default.
    init(_ json: JSONValue, of owner: String) throws(RuntimeError) {
        switch json {
        case .null, .string("beginning"): self = .beginning
        case .string("now"): self = .now
        case .integer(let position) where position > 0: self = .position(Position(position))
        case .string(let text):
            guard let time = TimeText.parse(text) else { throw Self.complaint(json, of: owner) }
            self = .time(time)
        default: throw Self.complaint(json, of: owner)
        }
    }

    private static func complaint(_ json: JSONValue, of owner: String) -> RuntimeError {
        let found = json.string.map(\.debugDescription) ?? json.integer.map(String.init) ?? json.kind
        return .invalidApp(
            "\(owner) has from = \(found); it is \"beginning\", \"now\", a position from 1, or a time "
                + "such as \"2026-08-01T00:00:00Z\""
        )
    }

    /// The position behind which a handler begins.
    private func position(in log: any EventLog, for processor: String) throws -> Position {
        switch self {
        case .beginning: return 0
        case .now: return log.lastPosition
        case .position(let position):
            let end = log.lastPosition
            guard position <= end + 1 else {
                throw RuntimeError.invalidApp(
                    "handler \(processor) has from = \(position), and the log ends at \(end)"
                )
            }
            return position - 1
        // A time that is still to come is now: nothing behind the end is known yet.
        case .time(let time): return try log.firstPosition(notBefore: time) - 1
        }
    }

    /// As a script writes it.
    private var json: JSONValue {
        switch self {
        case .beginning: "beginning"
        case .now: "now"
        case .position(let position): .integer(Int64(position))
        case .time(let time): .string(TimeText.format(time))
        }
    }

    /// Where a handler without marks begins: what its first start recorded, or now for the first time.
    func begin(_ processor: String, in log: any EventLog) async throws -> Position {
        let stream = try StreamName(category: "$processor", key: processor)
        if let record = try log.read(ReadRequest(.stream(stream), limit: 1)).events.first {
            let data = try JSONValue(parsing: record.data)
            guard let position = data["position"]?.integer, position >= 0 else {
                throw RuntimeError.invalidInput(
                    "the record of the first start of \(processor) has no position"
                )
            }
            return Position(position)
        }
        let position = try position(in: log, for: processor)
        let data: JSONValue = .object(["from": json, "position": .integer(Int64(position))])
        let marks = (0..<RuntimeLimits.lanes).map {
            MarkMove(processor: processor, lane: $0, from: 0, to: position)
        }
        let frame = NewFrame(
            events: [NewEvent(stream: stream, type: "ProcessorStarted", data: try data.bytes()[...])],
            marks: position > 0 ? marks : [],
            conditions: [.stream(stream, .none)]
        )
        _ = try await log.commit(frame)
        return position
    }
}

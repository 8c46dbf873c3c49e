import EventLog

/// How timers stand in the log: as events of one category, `$timer`.
///
/// - `TimerSet` in `$timer-<aggregate>-<key>`: a command with the time when it is due,
///   `{"at":ms,"aggregate":…,"key":…,"command":…,"args":…}`; named by its position;
/// - `TimerFired` in the same stream, `{"timer":position}`; its frame holds the `CommandSent` too, with the
///   data of the timer, so that `$sender` delivers it as any other;
/// - `TimersWaiting` in `$timer`, `{"timers":[[position,ms],…]}`: a part of a snapshot, see `WaitingTimers`.
enum TimerRecord {
    case set(WaitingTimer)
    case fired(Position)
    case waiting([WaitingTimer])

    static let category = "$timer"
    static let setType = "TimerSet"
    static let firedType = "TimerFired"

    /// A command as a timer.
    static func set(_ request: CommandRecord.Request, at due: Int64, meta: [UInt8]) throws -> NewEvent {
        NewEvent(
            stream: try StreamName(category: category, key: request.stream),
            type: setType,
            data: request.json(at: due)[...],
            meta: meta[...]
        )
    }

    /// What firing a timer adds to the log: the command as sent, and the fact that it fired.
    static func firing(_ timer: RecordedEvent, rule: String) throws -> [NewEvent] {
        let meta = try StepOrigin(processor: Timekeeper.name, event: timer, rule: rule).meta(adding: nil)[...]
        let data = try JSONValue.object(["timer": .integer(Int64(timer.position))]).bytes()[...]
        let sent = try StreamName(category: "$sent", key: timer.stream.key)
        return [
            NewEvent(stream: timer.stream, type: firedType, data: data, meta: meta),
            NewEvent(stream: sent, type: "CommandSent", data: timer.data, meta: meta),
        ]
    }

    /// A part of a snapshot.
    static func waiting(_ timers: some Collection<WaitingTimer>) throws -> NewEvent {
        let pairs = timers.map { JSONValue.array([.integer(Int64($0.position)), .integer($0.due)]) }
        return NewEvent(
            stream: try StreamName(category),
            type: "TimersWaiting",
            data: try JSONValue.object(["timers": .array(pairs)]).bytes()[...]
        )
    }

    /// Reads a record back; nil for a type that a later version added.
    init?(_ event: RecordedEvent) throws {
        switch event.type {
        case Self.setType:
            guard let due = event.withData(Self.due) else { throw Self.unreadable(event) }
            self = .set(WaitingTimer(due: due, position: event.position))
        case Self.firedType:
            guard let number = try JSONValue(parsing: event.data)["timer"]?.integer else {
                throw Self.unreadable(event)
            }
            self = .fired(Position(number))
        case "TimersWaiting":
            guard let pairs = try JSONValue(parsing: event.data)["timers"]?.array else {
                throw Self.unreadable(event)
            }
            self = .waiting(
                try pairs.map { pair in
                    guard let position = pair.array?.first?.integer, let due = pair.array?.last?.integer
                    else {
                        throw Self.unreadable(event)
                    }
                    return WaitingTimer(due: due, position: Position(position))
                }
            )
        default: return nil
        }
    }

    /// The host writes `at` first, so that a start that reads a million timers needn't parse their commands.
    private static func due(_ data: UnsafeRawBufferPointer) -> Int64? {
        guard data.starts(with: dueMember) else { return nil }
        let digits = data[dueMember.count...].prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
        return Int64(String(decoding: digits, as: UTF8.self))
    }

    private static let dueMember = Array("{\"at\":".utf8)

    private static func unreadable(_ event: RecordedEvent) -> RuntimeError {
        .invalidInput("the timer record \(event.type) at position \(event.position) can't be read")
    }
}

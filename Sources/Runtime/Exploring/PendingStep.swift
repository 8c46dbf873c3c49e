import EventLog

/// What was tried on the fork, as it would be sent to a host: a command, or events of one stream.
public struct PendingStep: Sendable {
    /// What it is.
    public enum Request: Sendable {
        /// A command, to be decided again by the host.
        case command(Command)

        /// Events, as they are.
        case append(NewEvent, expected: ExpectedRevision)
    }

    /// What is asked for.
    public let request: Request

    /// What it became on the fork.
    public let events: [RecordedEvent]

    /// Under which it is sent: again under the same as long as nobody knows what became of it, so that it is
    /// never done twice.
    var key = PendingStep.freshKey()

    static func freshKey() -> String { "repl-\(EventID.random())" }

    /// For people and programs: `{"does": …, "events": […]}`.
    var json: JSONValue {
        let does =
            switch request {
            case .command(let command): "command \(command.name) of \(command.aggregate)-\(command.key)"
            case .append(let event, _): "append \(event.type) to \(event.stream)"
            }
        return ["does": .string(does), "events": .array(events.map(EventValue.json))]
    }
}

/// What a host made of a step that was sent to it.
public enum SentStep: Sendable {
    /// The events, as they are in the log now.
    case accepted([JSONValue])

    /// The app's rules refused the command, or the stream stands otherwise; nothing was written.
    case refused(code: String, text: String)
}

import EventLog

/// A step that the log has recorded, with what it needs to be run again.
struct RecordedStep: Sendable {
    /// What the step was about.
    enum Cause: Sendable {
        /// A command from outside, with the event that records it.
        case command(RecordedCommand, record: RecordedEvent)
        /// An event, for one handler.
        case event(RecordedEvent, handler: String)
    }

    let cause: Cause

    /// Where the log ended that it ran on, for all that it could see: right before what came of it.
    ///
    /// Of a step that left nothing in the log it isn't known; then it is the position of its event.
    let end: Position

    /// What the step asked for, as it is recorded; empty when it left nothing.
    let events: [RecordedEvent]

    /// Its stamp; nil when it left nothing.
    let stamp: StepStamp?

    /// The position that stands for the event's in chance and in records; nil for its own.
    var knownAs: Position?

    /// The position that names it: of the command's record, or of the handler's event.
    var position: Position {
        switch cause {
        case .command(_, let record): record.position
        case .event(let event, _): event.position
        }
    }

    /// What decided: `order.place`, or the handler's name.
    var by: String {
        switch cause {
        case .command(let command, _): "\(command.aggregate).\(command.name)"
        case .event(_, let handler): handler
        }
    }

    /// The stream that it was about.
    var stream: String {
        switch cause {
        case .command(let command, _): command.stream
        case .event(let event, _): event.stream.text
        }
    }

    /// What it is for errors, in the words of a host: `command place of order-1`.
    var context: String {
        switch cause {
        case .command(let command, _): "command \(command.asked)"
        case .event(let event, let handler): Step(event: event).context(handler)
        }
    }
}

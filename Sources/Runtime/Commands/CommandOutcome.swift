import EventLog

/// What came of a command.
///
/// A refusal is an outcome like any other: it is recorded, and repeated to the same key.
public enum CommandOutcome: Sendable {
    /// The aggregate decided these events; they are durable. An accepted command may decide nothing.
    case accepted(Acceptance)

    /// The aggregate refused; nothing was appended to its stream.
    case refused(Refusal)
}

/// The answer to a command that was accepted.
public struct Acceptance: Sendable {
    /// Position of the newest event that the command led to: what a query may wait for with `after`.
    public let position: Position

    /// Revision of the aggregate's stream afterwards; nil when it still has no events.
    public let revision: Revision?

    /// The events that were decided, on any stream.
    public let events: [RecordedEvent]
}

/// A command's refusal: the code and text that the script gave to `reject`.
public struct Refusal: Hashable, Sendable {
    /// Stable, kebab-case, for programs.
    public let code: String

    /// For people.
    public let text: String

    /// A refusal.
    public init(code: String, text: String) {
        self.code = code
        self.text = text
    }
}

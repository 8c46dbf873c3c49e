import EventLog

/// Why an event is in the log: the chain from it to what began it, each link the cause of the one before.
///
/// Told from the log alone; `WhySearch` finds it.
public struct Why: Sendable {
    /// The event that was asked about comes first; what began it all, a command or an event from outside,
    /// last.
    public let links: [WhyLink]
}

/// One event of the chain, and how it came to be.
public struct WhyLink: Sendable {
    /// How an event came to be.
    public enum Origin: Sendable {
        /// A step of a processor, or the decision of a command, asked for it.
        case step(WhyStep)

        /// It records a command from outside, which is where the chain ends.
        case command(WhyCommand)

        /// The host's clock: a schedule ticked.
        case schedule(String)

        /// The host's own record: of a parked event, of scripts that were published.
        case host

        /// Somebody outside appended it.
        case outside
    }

    /// The event.
    public let event: RecordedEvent

    /// How it came to be.
    public let origin: Origin

    /// Why the chain ends here though there is a cause; nil when it doesn't.
    public var lost: String?
}

/// The step that asked for an event.
public struct WhyStep: Sendable {
    /// The processor, or `aggregate.command`.
    public let by: String

    /// The command that decided the event, when one did: `reserve of stock-pear`.
    public let command: String?

    /// Hash of the scripts that decided.
    public let rule: String

    /// When and by whom these scripts were made live; nil when the log doesn't say.
    public let published: PublishedScripts?

    /// The line that asked for the event, `stock.lua:37`; nil when it isn't known.
    public var place: String?

    /// Why the place isn't known, or only nearly; nil when the step came to the same again.
    public var doubt: String?

    /// What the step had seen: streams as they stood, and what it read.
    public var saw: [AppendCondition] = []

    /// Earlier attempts at the step, as its processor recorded them, oldest first.
    public var attempts: [WhyAttempt] = []
}

/// A step that was tried before, and set aside.
public struct WhyAttempt: Hashable, Sendable {
    /// What was recorded: `EventParked`, `RetryScheduled`, `ParkedEventFailed`, `ParkedEventRetried`.
    public let what: String

    /// The record's position.
    public let position: Position

    /// When it was recorded.
    public let time: LogTime

    /// Why the step had failed, in a sentence; nil when the record doesn't say.
    public let failure: String?
}

/// A command from outside.
public struct WhyCommand: Sendable {
    /// What was asked of whom: `place of order-42`.
    public let asked: String

    /// JSON.
    public let arguments: ArraySlice<UInt8>

    /// The conversation, as the caller named it; nil when it began with this command.
    public let correlation: String?

    /// How it was refused; nil when it was accepted.
    public let refusal: Refusal?

    /// Hash of the scripts that decided.
    public let rule: String

    /// What the script's `now()` gave, in milliseconds since 1970; nil in logs of earlier releases.
    public let now: Int64?
}

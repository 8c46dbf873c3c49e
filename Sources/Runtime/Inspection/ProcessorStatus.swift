import EventLog

/// What a processor is doing now.
///
/// A status never says running when it is not.
public struct ProcessorStatus: Sendable {
    /// What kind of processor it is.
    public enum Kind: String, Sendable {
        case handler
        case projection
        /// A handler of its own ticks.
        case schedule
        /// The host's own, which makes events of what is due.
        case timers
    }

    /// How it stands.
    public enum State: String, Sendable {
        /// Processing, or waiting for events at the head of the log.
        case running
        /// At least one key, or lane, waits until a failed step is tried again; the others go on.
        case retrying
        /// A projection whose definition changed: queries are answered from rows that stay as they are,
        /// while new ones are built.
        case building
        /// Paused by an operator.
        case paused
        /// Stopped by its failure, by a fence, or by the log; it needs a person.
        case stopped
    }

    /// Its name, as the script declared it; the host's own start with `$`.
    public let name: String

    /// What kind of processor it is.
    public internal(set) var kind: Kind

    /// How it stands.
    public let state: State

    /// Every event up to here has been dealt with, in all lanes; of a projection, by the rows that answer.
    public let position: Position

    /// Events of the log behind `position`; not all of them are for this processor.
    public let lagEvents: UInt64

    /// Age in seconds of the oldest event it has still to look at; 0 when it has caught up.
    public let lagSeconds: Double

    /// Durable progress by lane.
    public let lanes: [Int: Position]

    /// Steps that were committed since the host started.
    public let steps: Int

    /// Events parked and not yet retried or skipped.
    public let parked: Int

    /// Keys whose first event waits until its failed step is tried again.
    public internal(set) var retrying = 0

    /// The newest failure, also when it has been overcome; nil when none since the host started.
    public let lastFailure: ScriptFailure?

    /// When a schedule ticks next, or when the host's timers have something due next; nil for others, and
    /// when nothing is.
    public internal(set) var nextDue: LogTime?

    /// Timers that haven't fired; nil for every processor but `$timers`.
    public internal(set) var waitingTimers: Int?

    /// Which generation of its rows answers queries, from 1; nil for all but projections.
    public internal(set) var generation: Int?

    /// The generation that is built beside it; nil when none is.
    public internal(set) var rebuild: RebuildProgress?
}

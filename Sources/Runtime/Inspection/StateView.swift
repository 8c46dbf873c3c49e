import EventLog

/// An aggregate's folded state, now or at a past position.
public struct StateView: Sendable {
    /// Canonical JSON of the state.
    public let state: [UInt8]

    /// Revision of the last event folded in; nil when there was none, and the state is the initial one.
    public let revision: Revision?
}

/// A query's answer.
public struct QueryAnswer: Sendable {
    /// Canonical JSON of the result.
    public let result: [UInt8]

    /// Every event up to here is in the rows that were read.
    public let position: Position
}

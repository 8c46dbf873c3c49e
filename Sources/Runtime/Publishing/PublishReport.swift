import EventLog

/// What became of scripts that were published.
public struct PublishReport: Hashable, Sendable {
    /// Names the set that is live now.
    public let hash: String

    /// What was live before; the same when nothing has changed.
    public let parent: String

    /// Where the log ended when it went live: what is decided behind it is decided by it.
    public let position: Position

    /// What differs, a line each: `handler reserve-stock`, `+ query totals`, `- projection balances`.
    public let changes: [String]

    /// What looks like a slip and may be meant, a sentence each.
    public let doubts: [String]

    /// Whether the set does what the one before did: nothing was exchanged, and nothing recorded.
    public var isUnchanged: Bool { hash == parent }
}

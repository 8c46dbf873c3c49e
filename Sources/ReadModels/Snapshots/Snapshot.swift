/// The state of an aggregate as it was at a revision of its stream.
///
/// A cache of a fold and never the truth: whatever doesn't fit is thrown away, and the stream is folded.
public struct Snapshot: Hashable, Sendable {
    /// Name of the stream.
    public let stream: String

    /// What the state was folded with; another code folds anew.
    public let code: String

    /// Revision of the newest event that the state reflects.
    public let revision: UInt64

    /// Position of that event, and when it was committed: another history has another event there.
    public let position: UInt64

    /// Microseconds since 1970.
    public let time: Int64

    /// The state, in a form that only its maker reads.
    public let state: [UInt8]

    /// A snapshot of these parts.
    public init(
        stream: String,
        code: String,
        revision: UInt64,
        position: UInt64,
        time: Int64,
        state: [UInt8]
    ) {
        self.stream = stream
        self.code = code
        self.revision = revision
        self.position = position
        self.time = time
        self.state = state
    }
}

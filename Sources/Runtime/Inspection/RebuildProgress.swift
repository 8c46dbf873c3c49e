import EventLog

/// How far a new generation of a projection's rows is, which is built beside the one that answers.
public struct RebuildProgress: Sendable {
    /// Why it is built.
    public enum Reason: String, Sendable {
        /// The projection's definition changed.
        case changed
        /// An operator asked for it.
        case asked
    }

    /// Its number; the one that answers has a lower one.
    public let generation: Int

    /// Why it is built.
    public let reason: Reason

    /// Every event up to here is in its rows.
    public let position: Position

    /// Where it has to come to: the end of the log now.
    public let target: Position

    /// Events of the log a second since it was begun, or gone on with; nil before that can be told.
    public let eventsPerSecond: Double?

    /// `position` as a share of `target`, from 0 to 100.
    public var percent: Double { target == 0 ? 100 : min(100, Double(position) / Double(target) * 100) }
}

extension RebuildProgress: CustomStringConvertible {
    /// `generation 3 is at position 45 of 100 (45 %)`.
    public var description: String {
        "generation \(generation) is at position \(position) of \(target) (\(Int(percent)) %)"
    }
}

import EventLog

/// What another writer changed before a decision on it was committed: so it is taken again, on what is there
/// then.
///
/// Called by everything that commits a step.
public enum Overtaken: Sendable, CustomStringConvertible {
    /// A stream whose state was seen.
    case stream(StreamName)

    /// Something that was read; this event has come since.
    case read(newEvent: Position)

    /// What a refused commit says; nil for every other error.
    init?(_ error: any Error) {
        switch error {
        case EventLogError.wrongExpectedRevision(let stream, _, _): self = .stream(stream)
        case EventLogError.conditionFailed(_, let position): self = .read(newEvent: position)
        default: return nil
        }
    }

    /// The subject of a sentence.
    public var description: String {
        switch self {
        case .stream(let stream): "stream \(stream)"
        case .read(let position): "what was read (the event at position \(position) came since)"
        }
    }
}

/// What becomes true together: events, progress, and the conditions under which it may.
public struct NewFrame: Sendable {
    /// The events, in order; their positions will be consecutive.
    public var events: [NewEvent]

    /// The progress that these events stand for.
    public var marks: [MarkMove]

    /// What must hold at the moment of the commit.
    public var conditions: [AppendCondition]

    /// Names this attempt for ever: a second frame with the same key is answered with the first one's
    /// receipt.
    public var idempotencyKey: String?

    /// A frame.
    public init(
        events: [NewEvent] = [],
        marks: [MarkMove] = [],
        conditions: [AppendCondition] = [],
        idempotencyKey: String? = nil
    ) {
        self.events = events
        self.marks = marks
        self.conditions = conditions
        self.idempotencyKey = idempotencyKey
    }
}

/// A step of a lane's durable progress: valid only while the stored mark is still `from`.
public struct MarkMove: Hashable, Sendable {
    /// Whose progress.
    public var processor: String

    /// Which of its lanes.
    public var lane: Int

    /// The mark that the step read; 0 when there was none.
    public var from: Position

    /// The mark that it leaves; greater than `from`.
    public var to: Position

    /// A move.
    public init(processor: String, lane: Int, from: Position, to: Position) {
        self.processor = processor
        self.lane = lane
        self.from = from
        self.to = to
    }
}

/// What must hold for a frame to be committed.
public enum AppendCondition: Hashable, Sendable {
    /// The stream's newest event, before this frame, is as expected.
    case stream(StreamName, ExpectedRevision)

    /// No event that the query names was committed after the position.
    case noEvent(matching: EventQuery, after: Position)
}

/// How a stream must stand before an append.
public enum ExpectedRevision: Hashable, Sendable, CustomStringConvertible {
    /// No matter how.
    case any

    /// It has no events.
    case none

    /// It has at least one event.
    case exists

    /// Its newest event has this revision.
    case exactly(Revision)

    /// What a reader of the stream saw: its newest revision, or nothing.
    public init(seen revision: Revision?) {
        self = revision.map { .exactly($0) } ?? .none
    }

    /// Whether a stream with this newest revision is as expected; nil is a stream without events.
    public func holds(for revision: Revision?) -> Bool {
        switch self {
        case .any: true
        case .none: revision == nil
        case .exists: revision != nil
        case .exactly(let expected): revision == expected
        }
    }

    /// `any`, `none`, `exists`, or the revision: as the HTTP API writes it.
    public var description: String {
        switch self {
        case .any: "any"
        case .none: "none"
        case .exists: "exists"
        case .exactly(let revision): String(revision)
        }
    }
}

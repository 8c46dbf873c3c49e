/// Which events a read wants, from where, and how many.
public struct ReadRequest: Sendable {
    /// Which way the read goes.
    public enum Direction: Sendable {
        case forwards
        case backwards
    }

    /// Which events are wanted.
    public var filter: EventFilter

    /// Where to begin, exclusive: forwards the first event has a greater position (0: from the beginning),
    /// backwards a smaller one (`Position.max`: from the end).
    public var after: Position

    /// Which way.
    public var direction: Direction

    /// At most so many events; capped at `LogLimits.readEventsMax`.
    public var limit: Int

    /// For `.stream` filters alone: skip events before this revision (forwards) or behind it (backwards).
    public var revision: Revision?

    /// A request.
    public init(
        _ filter: EventFilter,
        after: Position = 0,
        direction: Direction = .forwards,
        limit: Int = LogLimits.readEventsMax,
        revision: Revision? = nil
    ) {
        self.filter = filter
        self.after = after
        self.direction = direction
        self.limit = min(limit, LogLimits.readEventsMax)
        self.revision = revision
    }
}

/// Which events a reader wants.
public enum EventFilter: Hashable, Sendable {
    /// Every event, the host's own included.
    case all

    /// The events of one stream, in order of revision.
    case stream(StreamName)

    /// The events of every stream of a category.
    case category(String)

    /// The events that a query names.
    case query(EventQuery)
}

/// Names events by what they are, across streams: any of the types, and all of the tags.
///
/// An empty set asks nothing.
public struct EventQuery: Hashable, Sendable {
    /// The event's type is one of these; empty means any type.
    public var types: Set<String>

    /// The event carries each of these; empty means no tag is asked for.
    public var tags: Set<String>

    /// Restricts the query to one category; nil means any.
    public var category: String?

    /// A query.
    public init(types: Set<String> = [], tags: Set<String> = [], category: String? = nil) {
        self.types = types
        self.tags = tags
        self.category = category
    }
}

import EventLog

/// Walks over a stretch of a log, and tells the steps in it in the order in which they can be run again.
///
/// A step that left something is told right before that; one that left nothing, right behind its event. A
/// step belongs to the stretch when its event does, or the record of its command.
///
/// Called by `ReplayCheck` and `ScriptComparison`; memory holds a few pages, and what
/// `RecordedOutcomes` does.
struct StepWalk {
    /// What comes next.
    enum Visit {
        /// A step, on the log up to its `end`, which is where the walk has come to.
        case step(RecordedStep)
        /// The log goes on by this event.
        case event(RecordedEvent)
    }

    private let log: any EventLog
    private let stretch: ClosedRange<Position>
    private let handlers: [HandlerDefinition]
    private let table: RoutingTable
    private let tags: [Routing]

    private let outcomes: RecordedOutcomes

    /// A walk over what the log holds of a stretch.
    ///
    /// - Parameters:
    ///   - log: the log.
    ///   - stretch: positions, from 1.
    ///   - handlers: those whose steps are told; of the same name, the first counts for the name.
    /// - Throws: what reading throws.
    init(
        _ log: any EventLog,
        over stretch: ClosedRange<Position>,
        handlers: [HandlerDefinition]
    ) throws(EventLogError) {
        self.log = log
        self.stretch = stretch.clamped(to: 1...max(1, log.lastPosition))
        self.handlers = handlers
        table = RoutingTable(handlers.map(\.routes))
        tags = handlers.map { Routing($0.routes, tags: $0.tags) }
        outcomes = try RecordedOutcomes(log, over: self.stretch, by: Set(handlers.map(\.name)))
    }

    /// Tells everything in order.
    ///
    /// - Throws: what reading throws, and what `body` does.
    func run(_ body: (Visit) throws -> Void) throws {
        var pages = EventPages(log, over: stretch)
        var last: (stamp: StepStamp, time: LogTime)?
        while let event = try pages.next() {
            let stamp = StepStamp(of: event)
            if let stamp, last.map({ $0.stamp != stamp || $0.time != event.time }) ?? true,
                let step = try step(that: event, begins: stamp, &pages)
            {
                try body(.step(step))
            }
            last = stamp.map { ($0, event.time) }
            try body(.event(event))
            for name in handlers(of: event)
            where outcomes.start(by: name, on: event.position) == nil {
                let cause = RecordedStep.Cause.event(event, handler: name)
                try body(.step(RecordedStep(cause: cause, end: event.position, events: [], stamp: nil)))
            }
        }
    }

    /// The step whose outcome begins with an event; nil when it isn't to be told.
    private func step(
        that event: RecordedEvent,
        begins stamp: StepStamp,
        _ pages: inout EventPages
    ) throws(EventLogError) -> RecordedStep? {
        let cause: RecordedStep.Cause
        if stamp.causation == event.id {
            // A record that can't be read is none of this host's making.
            guard let command = try? RecordedCommand(event) else { return nil }
            cause = .command(command, record: event)
        } else {
            guard let position = outcomes.cause(of: stamp),
                outcomes.start(by: stamp.by, on: position) == event.position,
                let origin = try log.event(at: position)
            else { return nil }
            cause = .event(origin, handler: stamp.by)
        }
        let events = try [event] + pages.following { $0.time == event.time && StepStamp(of: $0) == stamp }
        return RecordedStep(cause: cause, end: event.position - 1, events: events, stamp: stamp)
    }

    /// The names of those that want an event, each once.
    private func handlers(of event: RecordedEvent) -> [String] {
        var names: [String] = []
        table.forEachHandler(of: event.stream.category, event.type) { place in
            let name = handlers[place].name
            if tags[place].hasTags(event), !names.contains(name) { names.append(name) }
        }
        return names
    }
}

/// The events of a stretch of a log, one by one, read in pages.
struct EventPages {
    private let log: any EventLog
    private let last: Position
    private var after: Position
    private var events: ArraySlice<RecordedEvent> = []

    init(_ log: any EventLog, over stretch: ClosedRange<Position>) {
        self.log = log
        last = stretch.upperBound
        after = stretch.lowerBound - 1
    }

    /// The next event; nil behind the last.
    mutating func next() throws(EventLogError) -> RecordedEvent? {
        if events.isEmpty { try load() }
        return events.popFirst()
    }

    /// The events that come next, as long as they belong together; they are still to come.
    mutating func following(_ belongs: (RecordedEvent) -> Bool) throws(EventLogError) -> [RecordedEvent] {
        while events.count < RuntimeLimits.stepEventsMax, after < last { try load() }
        return Array(events.prefix(while: belongs))
    }

    private mutating func load() throws(EventLogError) {
        guard after < last else { return }
        let page = try log.read(ReadRequest(.all, after: after, limit: RuntimeLimits.readPage))
        guard let newest = page.events.last else {
            after = last
            return
        }
        after = newest.position
        events += page.events.prefix { $0.position <= last }
    }
}

extension EventLog {
    /// The event at a position; nil when there is none.
    func event(at position: Position) throws(EventLogError) -> RecordedEvent? {
        guard position > 0 else { return nil }
        let page = try read(ReadRequest(.all, after: position - 1, limit: 1))
        return page.events.first.flatMap { $0.position == position ? $0 : nil }
    }
}

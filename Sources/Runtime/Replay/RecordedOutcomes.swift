import EventLog

/// Where in a stretch of a log the outcomes of its steps are: by what decided, and by the event that it
/// answered.
///
/// A command from outside answers its own record. Built by one walk over the stretch; memory holds three
/// numbers for each step that left something, and the ids that the log didn't make: of commands' records, and
/// of events that a client named.
///
/// Called by `StepWalk`, and by what simulates a stretch.
struct RecordedOutcomes: Sendable {
    /// Where the events of one step are.
    private struct Place {
        let first: Position
        var count: Int
    }

    private struct Step: Hashable {
        let by: String
        let position: Position
    }

    private struct Tick: Hashable {
        let stream: String
        /// Milliseconds since 1970.
        let time: Int64
    }

    private let log: any EventLog
    private let stretch: ClosedRange<Position>
    private var places: [Step: Place] = [:]
    private var ticks: [Tick: Position] = [:]
    /// Events whose ids don't tell their positions.
    private var named: [EventID: Position] = [:]

    /// Walks over a stretch.
    ///
    /// - Parameters:
    ///   - log: the log.
    ///   - stretch: positions that it has.
    ///   - names: what decided, of the steps that are looked for; nil for all of them, and for ticks.
    /// - Throws: what reading throws.
    init(
        _ log: any EventLog,
        over stretch: ClosedRange<Position>,
        by names: Set<String>? = nil
    ) throws(EventLogError) {
        self.log = log
        self.stretch = stretch
        var pages = EventPages(log, over: stretch)
        var last: (stamp: StepStamp, time: LogTime, step: Step)?
        while let event = try pages.next() {
            if event.id.position(in: log.identity.id) == nil { named[event.id] = event.position }
            guard let stamp = StepStamp(of: event) else {
                last = nil
                continue
            }
            if let last, last.stamp == stamp, last.time == event.time {
                places[last.step]?.count += 1
                continue
            }
            last = nil
            if names == nil { note(tick: event) }
            guard names?.contains(stamp.by) ?? true, let cause = cause(of: stamp) else { continue }
            let step = Step(by: stamp.by, position: cause)
            guard places[step] == nil else { continue }
            places[step] = Place(first: event.position, count: 1)
            last = (stamp, event.time, step)
        }
    }

    private mutating func note(tick event: RecordedEvent) {
        guard event.type == Schedule.tickType,
            // What isn't the host's own is no tick.
            let time = try? JSONValue(parsing: event.data)["at"]?.integer
        else { return }
        ticks[Tick(stream: event.stream.text, time: time)] = event.position
    }

    /// The position of the event in the stretch that a step answered; nil when it isn't there.
    func cause(of stamp: StepStamp) -> Position? {
        guard let causation = stamp.causation else { return nil }
        let position = causation.position(in: log.identity.id) ?? named[causation]
        return position.flatMap { stretch.contains($0) ? $0 : nil }
    }

    /// Where the outcome of a step begins; nil when it left nothing.
    func start(by name: String, on position: Position) -> Position? {
        places[Step(by: name, position: position)]?.first
    }

    /// The position of a schedule's tick.
    func tick(in stream: StreamName, at milliseconds: Int64) -> Position? {
        ticks[Tick(stream: stream.text, time: milliseconds)]
    }

    /// What a step left.
    func events(by name: String, on position: Position) throws(EventLogError) -> [RecordedEvent] {
        guard let place = places[Step(by: name, position: position)] else { return [] }
        return try log.read(ReadRequest(.all, after: place.first - 1, limit: place.count)).events
    }
}

import EventLog

/// What came to a log from outside, at one moment.
struct RecordedInput: Sendable {
    /// What it is.
    enum Kind: Sendable {
        /// A command that a client sent, accepted or refused.
        case command(RecordedCommand, record: RecordedEvent)
        /// Events that were appended together.
        case events([RecordedEvent])
    }

    let kind: Kind

    /// The position that names it: of the command's record, or of the first event.
    let position: Position

    /// When it was committed.
    let time: LogTime
}

/// Walks over a stretch of a log, and tells what came from outside: what isn't the outcome of a step whose
/// event, or command, lies in the stretch too.
///
/// So what follows from before the stretch comes from outside of it, as it is recorded. The host's own
/// records are no input: a version parks and retries by itself.
struct InputWalk {
    private let outcomes: RecordedOutcomes
    private var pages: EventPages

    /// How many events so far are outcomes of steps of the stretch.
    private(set) var outcomeEvents = 0

    init(_ log: any EventLog, over stretch: ClosedRange<Position>, _ outcomes: RecordedOutcomes) {
        self.outcomes = outcomes
        pages = EventPages(log, over: stretch)
    }

    /// The next input; nil behind the last.
    mutating func next() throws(EventLogError) -> RecordedInput? {
        while let event = try pages.next() {
            let stamp = StepStamp(of: event)
            // A record that can't be read is none of this host's making.
            if stamp?.causation == event.id, let command = try? RecordedCommand(event) {
                return RecordedInput(
                    kind: .command(command, record: event),
                    position: event.position,
                    time: event.time
                )
            }
            guard Self.isInput(event, stamp, outcomes) else {
                if stamp != nil { outcomeEvents += 1 }
                continue
            }
            var bytes = 0
            let more = try pages.following { [outcomes] in
                let other = StepStamp(of: $0)
                bytes += $0.data.count + $0.meta.count
                return $0.time == event.time && other?.causation == stamp?.causation
                    && bytes < RuntimeLimits.frameBytesEnough && Self.isInput($0, other, outcomes)
            }.prefix(RuntimeLimits.stepEventsMax)
            for _ in more { _ = try pages.next() }
            return RecordedInput(kind: .events([event] + more), position: event.position, time: event.time)
        }
        return nil
    }

    private static func isInput(
        _ event: RecordedEvent,
        _ stamp: StepStamp?,
        _ outcomes: RecordedOutcomes
    ) -> Bool {
        guard let stamp, let causation = stamp.causation, causation != event.id else {
            return !event.stream.isHostOwned
        }
        return outcomes.cause(of: stamp) == nil
    }
}

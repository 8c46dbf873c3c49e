import EventLog

/// The fork that a simulation writes to: a log up to where a stretch begins, and behind that what one version
/// comes to, at the times that its owner sets.
///
/// Invariant: each of its events has an id that hangs on what it came from (`EventLineage`), and is known as
/// the recorded one that it stands for, if there is one, until it is handled. Owned by one `Simulation`.
struct SimulatedFork {
    let log: MemoryLog

    /// What is simulated.
    let base: any EventLog

    /// What the fork has of its own, as one number: two simulations that came to the same have the same.
    private(set) var digest = StableHash()

    /// Streams that moved, the host's own aside.
    private(set) var moved: Set<StreamName> = []

    /// Events of steps that are recorded just so.
    private(set) var eventsAsRecorded = 0

    private let time: SetTime
    private let version: String
    private let bytesMax: Int
    private var bytes = 0
    /// Where events that are still to be handled are recorded.
    private var recorded: [Position: Position] = [:]

    /// A fork behind a position, at a time; `version` is for errors: `the new scripts`.
    init(
        of base: any EventLog,
        behind start: Position,
        time beginning: LogTime,
        version: String,
        bytesMax: Int
    ) throws(EventLogError) {
        time = SetTime(beginning)
        log = try MemoryLog(forking: base, at: start, clock: time.reading)
        (self.base, self.version, self.bytesMax) = (base, version, bytesMax)
    }

    /// Moves the time; it only goes forward.
    func set(time: LogTime) { self.time.now = max(self.time.now, time) }

    /// Where an event is recorded that is to be handled now; nil when it isn't.
    mutating func recordedPosition(of event: RecordedEvent) -> Position? {
        recorded.removeValue(forKey: event.position)
    }

    /// Whether an event says what is recorded at a position.
    func isRecorded(_ event: RecordedEvent, at position: Position?) throws(EventLogError) -> Bool {
        guard let position, let recorded = try base.event(at: position) else { return false }
        return recorded.data == event.data
    }

    /// Adds what a step asked for, as one frame.
    mutating func add(_ events: [NewEvent], _ lineage: EventLineage) throws(EventLogError) {
        var events = events
        let known = lineage.name(&events)
        for (event, known) in zip(events, known) where known?.id != lineage.cause {
            // The record that a timer fired names its position, which is another one here.
            if known?.data == event.data || known?.type == TimerRecord.firedType { eventsAsRecorded += 1 }
        }
        try add(events, recordedAt: known.map { $0?.position })
    }

    /// Adds recorded events once more, as one frame.
    mutating func add(again events: [RecordedEvent]) throws(EventLogError) {
        try add(events.map(NewEvent.init(again:)), recordedAt: events.map(\.position))
    }

    private mutating func add(
        _ events: [NewEvent],
        recordedAt places: [Position?]
    ) throws(EventLogError) {
        guard !events.isEmpty else { return }
        let receipt = try log.take(NewFrame(events: events))
        for (index, event) in events.enumerated() {
            recorded[receipt.firstPosition + Position(index)] = places[index]
            bytes += event.data.count + event.meta.count + SimulationLimits.eventBytes
            if !event.stream.isHostOwned { moved.insert(event.stream) }
            digest.add(event, at: receipt.time)
        }
        guard bytes <= bytesMax else {
            throw .limitExceeded(
                what: "the bytes that \(version) decide anew; look at a shorter stretch",
                limit: bytesMax,
                actual: bytes
            )
        }
    }
}

extension NewEvent {
    /// A recorded event once more, under its own id.
    init(again event: RecordedEvent) {
        self.init(
            stream: event.stream,
            type: event.type,
            data: event.data,
            meta: event.meta,
            tags: event.tags,
            id: event.id
        )
    }
}

extension StableHash {
    fileprivate mutating func add(_ event: NewEvent, at time: LogTime) {
        add(UInt64(bitPattern: time))
        for text in [event.stream.text, event.type] + event.tags {
            add(UInt64(text.utf8.count))
            add(text.utf8)
        }
        add(UInt64(event.data.count))
        add(event.data)
    }
}

import EventLog

/// The events of one processor that were set aside: a fold of its `$parked` stream.
///
/// Those of a key are parked, until a person does something, or wait, until the first of them is tried again.
///
/// Invariant: the events of one stream (one key) are in order of position; the first has failed, those behind
/// it wait, so that the order of the key holds whatever is done about it.
struct ParkedEvents: Sendable {
    private var byStream: [StreamName: [ParkedEvent]] = [:]
    private var streams: [Position: StreamName] = [:]

    /// How many of the streams in `byStream` have a hash: nearly every event is known by it to be of none.
    private var hashes: [UInt64: Int] = [:]

    /// First events of their keys whose step is tried again, with the time.
    private(set) var waiting: [Position: LogTime] = [:]

    /// Times that the process ended while the step of an event ran, by its position.
    private(set) var endings: [Position: Int] = [:]

    /// Those that are parked, oldest first.
    var all: [ParkedEvent] {
        byStream.values.filter { $0[0].retryAt == nil }.flatMap { events in
            // What an event waits behind changes with each repair: it is always the first of its key.
            events.enumerated().map { $0.element.waiting(behind: $0.offset == 0 ? nil : events[0]) }
        }.sorted { $0.position < $1.position }
    }

    /// Events set aside, parked or waiting.
    var count: Int { streams.count }

    /// Events that are parked.
    var parkedCount: Int {
        streams.count - waiting.keys.reduce(0) { $0 + (streams[$1].flatMap { byStream[$0] }?.count ?? 0) }
    }

    /// The event that holds up a stream; nil when the stream is free.
    func first(of stream: StreamName) -> ParkedEvent? { byStream[stream]?.first }

    /// Whether an event's stream is held up; asked for each event while anything is, so without making its
    /// name.
    func holdsUp(_ event: RecordedEvent) -> Bool {
        guard !hashes.isEmpty, hashes[event.withStreamBytes { StableHash.of($0) }] != nil else {
            return false
        }
        return byStream[event.stream] != nil
    }

    subscript(position: Position) -> ParkedEvent? {
        guard let stream = streams[position] else { return nil }
        return byStream[stream]?.first { $0.position == position }
    }

    mutating func apply(_ record: ParkedRecord) {
        switch record {
        case .parked(let event), .waiting(let event):
            if case .parked = record { endings[event.position] = nil }
            if streams.updateValue(event.stream, forKey: event.position) == nil {
                if byStream[event.stream] == nil { hashes[Self.hash(event.stream), default: 0] += 1 }
                byStream[event.stream, default: []].append(event)
                waiting[event.position] = event.retryAt
            } else {
                replace(event)
            }
        case .endedProcess(let position): endings[position, default: 0] += 1
        case .failedAgain(let position, let failure, let rule):
            if let event = self[position] { replace(event.failed(failure, rule: rule)) }
        case .retried(let position), .skipped(let position):
            guard let stream = streams.removeValue(forKey: position) else { return }
            waiting[position] = nil
            byStream[stream]?.removeAll { $0.position == position }
            if byStream[stream]?.isEmpty == true { release(stream) }
            // What has waited behind it was never tried: it is due since ever, also when the host ends now.
            if var next = byStream[stream]?.first, next.attempts == 0 {
                next.retryAt = 0
                replace(next)
            }
        }
    }

    private mutating func release(_ stream: StreamName) {
        byStream[stream] = nil
        let hash = Self.hash(stream)
        let others = (hashes[hash] ?? 1) - 1
        hashes[hash] = others > 0 ? others : nil
    }

    private static func hash(_ stream: StreamName) -> UInt64 { StableHash.of(stream.text.utf8) }

    private mutating func replace(_ event: ParkedEvent) {
        byStream[event.stream] = byStream[event.stream]?.map { $0.position == event.position ? event : $0 }
        waiting[event.position] = event.retryAt
    }

    /// Folds a processor's stream from the log.
    init(of processor: String, log: any EventLog) throws {
        let stream = try ParkedRecord.stream(of: processor)
        var position: Position = 0
        while true {
            let page = try log.read(
                ReadRequest(.stream(stream), after: position, limit: RuntimeLimits.readPage)
            )
            for event in page.events { apply(try ParkedRecord(event, processor: processor)) }
            position = page.scannedTo
            if page.reachedEnd { return }
        }
    }
}

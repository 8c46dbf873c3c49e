import EventLog

/// The parked events of one processor: a fold of its `$parked` stream.
///
/// Invariant: the events of one stream (one key) are in order of position; the first has failed, those behind
/// it wait, so that the order of the key holds whatever is done about it.
struct ParkedEvents: Sendable {
    private var byStream: [StreamName: [ParkedEvent]] = [:]
    private var streams: [Position: StreamName] = [:]

    /// All of them, oldest first.
    var all: [ParkedEvent] {
        byStream.values.flatMap { events in
            // What an event waits behind changes with each repair: it is always the first of its key.
            events.enumerated().map { $0.element.waiting(behind: $0.offset == 0 ? nil : events[0]) }
        }.sorted { $0.position < $1.position }
    }

    var count: Int { streams.count }

    /// The event that holds up a stream; nil when the stream is free.
    func first(of stream: StreamName) -> ParkedEvent? { byStream[stream]?.first }

    subscript(position: Position) -> ParkedEvent? {
        guard let stream = streams[position] else { return nil }
        return byStream[stream]?.first { $0.position == position }
    }

    mutating func apply(_ record: ParkedRecord) {
        switch record {
        case .parked(let event):
            byStream[event.stream, default: []].append(event)
            streams[event.position] = event.stream
        case .failedAgain(let position, let failure, let rule):
            guard let stream = streams[position], let event = self[position] else { return }
            let failed = ParkedEvent(
                position: position,
                processor: event.processor,
                stream: stream,
                type: event.type,
                time: event.time,
                attempts: event.attempts + 1,
                behind: nil,
                rule: rule,
                failure: failure
            )
            byStream[stream] = byStream[stream]?.map { $0.position == position ? failed : $0 }
        case .retried(let position), .skipped(let position):
            guard let stream = streams.removeValue(forKey: position) else { return }
            byStream[stream]?.removeAll { $0.position == position }
            if byStream[stream]?.isEmpty == true { byStream[stream] = nil }
        }
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

import EventLog

/// The events of a large log: a million streams, and among them some streams of which each has exactly
/// twenty events, spread over the whole log.
struct LargeLogEvents {
    /// Events that are appended in full frames; too few of them have no streams of twenty.
    let count: Int

    /// Streams that events are spread over, without those of twenty events.
    static let streams = 1_000_000

    /// Streams of twenty events, of each kind.
    static let twenties = 500

    /// Events that each of them has; also the parts of the log, since each part has one of them.
    static let perTwenty = 20

    /// Events in one frame: as many as a frame may have.
    static let frame = 1_000

    /// How the events of a stream of twenty came to the log, which is where a reader finds them.
    enum Kind: String {
        /// Each in a frame of its own, as commands append.
        case single

        /// Each in a full frame among events of other streams, as an import appends.
        case bulk
    }

    // Shared by all events: what is measured is the log, not the making of JSON.
    private let data: [ArraySlice<UInt8>]
    private let meta: ArraySlice<UInt8>

    init(count: Int) {
        self.count = count
        data = (0..<Self.frame).map { SampleEvents.data($0)[...] }
        meta = SampleEvents.meta[...]
    }

    /// Parts of the log; between two of them every stream of single events gets one.
    var parts: Int { count < Self.perTwenty * Self.twenties * 2 ? 1 : Self.perTwenty }

    /// The full frame that begins with an event, counted from 0.
    func frame(from first: Int) throws -> NewFrame {
        let spacing = count / (Self.twenties * Self.perTwenty)
        let events = try (first..<first + Self.frame).map { number in
            let isOfTwenty = parts > 1 && number % spacing == 0
            let stream =
                isOfTwenty
                ? try Self.twenty(number / spacing % Self.twenties, .bulk) : try Self.scattered(number)
            return event(number, in: stream)
        }
        return NewFrame(events: events)
    }

    /// The frame of one event for a stream of single events.
    func single(_ number: Int) throws -> NewFrame {
        NewFrame(events: [event(number, in: try Self.twenty(number, .single))])
    }

    /// Frames for a log that is there, over its million streams in no order.
    func frames(of eventsPerCommit: Int, count: Int) throws -> [NewFrame] {
        try (0..<count).map { frame in
            NewFrame(
                events: try (0..<eventsPerCommit).map { place in
                    let number = frame * eventsPerCommit + place
                    return event(number, in: try Self.scattered(number * 31 + 7))
                }
            )
        }
    }

    /// One of the streams of twenty events.
    static func twenty(_ number: Int, _ kind: Kind) throws -> StreamName {
        try StreamName("\(kind.rawValue)-\(number)")
    }

    private func event(_ number: Int, in stream: StreamName) -> NewEvent {
        NewEvent(stream: stream, type: "OrderPlaced", data: data[number % data.count], meta: meta)
    }

    /// The factor has no divisor in common with the number of streams, so every stream has its turn.
    private static func scattered(_ number: Int) throws -> StreamName {
        try StreamName("in-\(number * 321_787 % streams)")
    }
}

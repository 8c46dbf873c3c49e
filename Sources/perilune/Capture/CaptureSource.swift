import EventLog
import Runtime

/// Reads a stretch of the log for a fixture: from a running host, or from a data folder or a backup.
struct CaptureSource {
    let range: PositionRange

    /// Which events are wanted.
    let wants: (CapturedEvent) -> Bool

    /// Events that are held: as many as a spec can read, if they are small.
    ///
    /// One more tells that there are too many.
    static let eventsMax = 100_000

    /// Events in one request.
    private static let pageEvents = 1_000

    /// The events of a host, at most one more than `eventsMax`.
    func events(of api: APIClient) async throws(ClientError) -> [CapturedEvent] {
        var events: [CapturedEvent] = []
        var next: Position? = range.first
        while let from = next, from <= range.last {
            let page = try await api.get(Self.path(from)).value()
            for body in page["events"]?.array ?? [] {
                guard let event = CapturedEvent(body) else {
                    throw .notPerilune(url: api.url, reason: "an event has no stream or no position")
                }
                if take(event, into: &events) { return events }
            }
            next = page["next"]?.integer.map { Position($0) }
        }
        return events
    }

    private static func path(_ from: Position) -> RequestPath {
        RequestPath(["events"], [("from", String(from)), ("limit", String(pageEvents))])
    }

    /// The events of an open log.
    ///
    /// - Throws: `EventLogError`; `JSONError` for data that isn't JSON, which no host writes.
    func events(of log: any EventLog) throws -> [CapturedEvent] {
        var events: [CapturedEvent] = []
        var after = range.first - 1
        while true {
            let page = try log.read(ReadRequest(.all, after: after, limit: Self.pageEvents))
            for event in page.events where take(try CapturedEvent(event), into: &events) { return events }
            guard !page.reachedEnd else { return events }
            after = page.scannedTo
        }
    }

    /// Keeps an event that is wanted; whether it is enough.
    private func take(_ event: CapturedEvent, into events: inout [CapturedEvent]) -> Bool {
        guard event.position <= range.last else { return true }
        if wants(event) { events.append(event) }
        return events.count > Self.eventsMax
    }
}

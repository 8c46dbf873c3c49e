import EventLog
import Hummingbird
import Runtime

/// One page of events, `{"events":[…],"next":…}`, in either direction.
///
/// `next` is what the caller gives as `from` to get the page behind this one, and `null` when nothing is
/// left. A page ends at its limit, or earlier when it holds `ServerLimits.pageBytesEnough`.
struct EventPage {
    /// Which events.
    let filter: EventFilter

    /// Which way.
    let direction: ReadRequest.Direction

    /// Where the page begins, inclusive: a revision for a stream, a position for anything else.
    let from: UInt64

    /// Positions below it end a page that reads backwards; `since` sets it.
    var floor: Position = 0

    /// At most so many events.
    let limit: Int

    /// Reads the page, and answers with it.
    func response(from host: Host) throws -> Response {
        try Response.json { writer in
            writer.beginObject()
            writer.name("events")
            writer.beginArray()
            let next = try writeEvents(of: host, to: &writer)
            writer.endArray()
            writer.name("next")
            writer.integer(next)
            writer.endObject()
        }
    }

    /// Writes the events of the page; the place of the first one behind it, or nil when nothing is left.
    private func writeEvents(of host: Host, to writer: inout JSONWriter) throws -> UInt64? {
        var cursor = from
        var written = 0
        while true {
            // One more than is wanted tells whether there is a next page.
            let wanted = min(limit - written + 1, ServerLimits.readEventsAtOnce)
            let batch = try host.read(request(from: cursor, limit: wanted))
            for event in batch.events {
                guard event.position >= floor else { return nil }
                if written == limit || writer.bytes.count >= ServerLimits.pageBytesEnough {
                    return isByRevision ? event.revision : event.position
                }
                writer.event(event)
                written += 1
            }
            guard !batch.reachedEnd else { return nil }
            // Without an event a stream has nothing more; a filter may have looked at a stretch in vain.
            let seen = isByRevision ? batch.events.last?.revision : batch.scannedTo
            guard let seen, let next = self.next(behind: seen) else { return nil }
            cursor = next
        }
    }

    private func request(from place: UInt64, limit: Int) -> ReadRequest {
        let end: Position = direction == .forwards ? 0 : .max
        if isByRevision {
            return ReadRequest(filter, after: end, direction: direction, limit: limit, revision: place)
        }
        // The log's bound is exclusive, and the API's inclusive; neither end overflows.
        let after =
            switch direction {
            case .forwards: place == 0 ? 0 : place - 1
            case .backwards: place == .max ? .max : place + 1
            }
        return ReadRequest(filter, after: after, direction: direction, limit: limit)
    }

    private func next(behind place: UInt64) -> UInt64? {
        switch direction {
        case .forwards: place == .max ? nil : place + 1
        case .backwards: place == 0 || (!isByRevision && place <= max(floor, 1)) ? nil : place - 1
        }
    }

    private var isByRevision: Bool {
        if case .stream = filter { true } else { false }
    }
}

extension QueryParameters {
    /// `forwards` (the default) or `backwards`.
    func direction() throws(Problem) -> ReadRequest.Direction {
        switch try text("direction") {
        case nil, "forwards": return .forwards
        case "backwards": return .backwards
        case .some(let text):
            throw .invalidInput(
                "direction",
                "direction must be forwards or backwards, not \(text.debugDescription)"
            )
        }
    }

    /// From 1 to the log's own limit.
    func limit() throws(Problem) -> Int {
        guard let limit = try number("limit") else { return ServerLimits.pageEventsDefault }
        guard (1...UInt64(LogLimits.readEventsMax)).contains(limit) else {
            throw .invalidInput("limit", "limit must be from 1 to \(LogLimits.readEventsMax), not \(limit)")
        }
        return Int(limit)
    }
}

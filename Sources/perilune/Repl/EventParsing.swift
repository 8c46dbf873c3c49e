import EventLog
import Runtime

/// Events as the API writes them, read back.
extension RemoteLog.Page {
    /// Reads `{"events": […], "next": …}`.
    ///
    /// - Throws: `JSONError` or `EventLogError` for an answer that isn't one.
    init(parsing bytes: [UInt8]) throws {
        let page = try JSONObjectReader(parsing: bytes[...])
        events = try (page.rawElements("events") ?? []).map { try RecordedEvent(parsing: $0) }
        next = try page.integer("next").map { UInt64(max(0, $0)) }
    }
}

extension RecordedEvent {
    /// Reads one event; its data and its meta are the bytes of the log.
    init(parsing bytes: ArraySlice<UInt8>) throws {
        let event = try JSONObjectReader(parsing: bytes)
        let id = try event.required("id", JSONObjectReader.string)
        let time = try event.required("time", JSONObjectReader.string)
        let position = try event.required("position", JSONObjectReader.integer)
        let revision = try event.required("revision", JSONObjectReader.integer)
        guard let parsedID = EventID(id), let parsedTime = TimeText.parse(time) else {
            throw JSONError.missing(member: "id or time")
        }
        // The API writes these where the log has nothing.
        let data = event.raw("data") ?? []
        let meta = event.raw("meta") ?? []
        self.init(
            position: Position(max(0, position)),
            revision: Revision(max(0, revision)),
            time: parsedTime,
            id: parsedID,
            type: try event.required("type", JSONObjectReader.string),
            stream: try StreamName(try event.required("stream", JSONObjectReader.string)),
            tags: try event.strings("tags") ?? [],
            data: data.elementsEqual("null".utf8) ? [] : data,
            meta: meta.elementsEqual("{}".utf8) ? [] : meta
        )
    }
}

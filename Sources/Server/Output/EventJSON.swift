import EventLog
import Runtime

/// An event as every surface shows it: `{position, stream, revision, type, id, time, tags, data, meta}`.
extension JSONWriter {
    /// Writes one event; `data` and `meta` are the bytes of the log, not parsed.
    mutating func event(_ event: RecordedEvent) {
        beginObject()
        name("position")
        integer(event.position)
        name("stream")
        string(event.stream.text)
        name("revision")
        integer(event.revision)
        name("type")
        string(event.type)
        name("id")
        string(event.id.description)
        name("time")
        string(TimeText.format(event.time))
        name("tags")
        beginArray()
        for tag in event.tags { string(tag) }
        endArray()
        name("data")
        event.withData { raw($0.isEmpty ? ArraySlice("null".utf8) : ArraySlice($0)) }
        name("meta")
        event.withMeta { raw($0.isEmpty ? ArraySlice("{}".utf8) : ArraySlice($0)) }
        endObject()
    }

    /// Writes a number, or `null`.
    mutating func integer(_ value: UInt64?) {
        guard let value else { return null() }
        raw(String(value).utf8)
    }

    /// Writes a list of numbers.
    mutating func integers(_ values: [UInt64]) {
        beginArray()
        for value in values { integer(value) }
        endArray()
    }
}

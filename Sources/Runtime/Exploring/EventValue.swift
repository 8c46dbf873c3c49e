import EventLog

/// An event as a script at the prompt sees it: what handlers see of it, as a plain table.
enum EventValue {
    /// `time` is milliseconds since 1970, as in handlers; absent data and meta are empty.
    static func json(_ event: RecordedEvent) -> JSONValue {
        [
            "position": .integer(Int64(event.position)), "stream": .string(event.stream.text),
            "category": .string(event.stream.category), "key": .string(event.stream.key),
            "revision": .integer(Int64(event.revision)), "type": .string(event.type),
            "id": .string(event.id.description), "time": .integer(event.time / 1_000),
            "tags": .array(event.tags.map(JSONValue.string)),
            "data": parsed(event.data), "meta": parsed(event.meta),
        ]
    }

    /// JSON of the log; what the log holds unread and isn't JSON is shown as text.
    private static func parsed(_ bytes: ArraySlice<UInt8>) -> JSONValue {
        guard !bytes.isEmpty else { return [:] }
        // As the comment above says.
        return (try? JSONValue(parsing: bytes)) ?? .string(String(decoding: bytes, as: UTF8.self))
    }
}

import EventLog
import Lua

/// An event as a script sees it: `e.position e.stream e.category e.key e.revision e.type e.id e.time e.tags
/// e.data e.meta`.
///
/// `time` is milliseconds since 1970. `data` and `meta` go over as JSON bytes and are decoded in C.
enum EventEnvelope {
    static func write(_ event: RecordedEvent, data: ArraySlice<UInt8>?, to arguments: inout PackedWriter) {
        let tags = event.tags
        arguments.beginObject(tags.isEmpty ? 10 : 11)
        arguments.key("position")
        arguments.integer(Int64(event.position))
        event.withStreamBytes { writeName($0, to: &arguments) }
        arguments.key("revision")
        arguments.integer(Int64(event.revision))
        arguments.key("type")
        arguments.string(event.type)
        arguments.key("id")
        arguments.string(event.id.description)
        arguments.key("time")
        arguments.integer(event.time / 1_000)
        arguments.key("data")
        if let data { arguments.json(data) } else { event.withData { writeJSON($0, to: &arguments) } }
        arguments.key("meta")
        event.withMeta { writeJSON($0, to: &arguments) }
        if !tags.isEmpty { writeTags(tags, to: &arguments) }
    }

    /// The part of an event that a fold sees: what was known when it was decided, and no more.
    static func writeFolded(_ event: RecordedEvent, to arguments: inout PackedWriter) {
        let tags = event.tags
        arguments.beginObject(tags.isEmpty ? 3 : 4)
        arguments.key("type")
        arguments.string(event.type)
        arguments.key("revision")
        arguments.integer(Int64(event.revision))
        arguments.key("data")
        event.withData { writeJSON($0, to: &arguments) }
        if !tags.isEmpty { writeTags(tags, to: &arguments) }
    }

    /// The stream's name, whole and in its two parts, as bytes: a string for each would cost more than the
    /// copy.
    private static func writeName(_ name: UnsafeRawBufferPointer, to arguments: inout PackedWriter) {
        let split = name.firstIndex(of: StreamName.separator) ?? name.endIndex
        arguments.key("stream")
        arguments.string(bytes: name)
        arguments.key("category")
        arguments.string(bytes: UnsafeRawBufferPointer(rebasing: name[..<split]))
        arguments.key("key")
        arguments.string(bytes: UnsafeRawBufferPointer(rebasing: name[split...].dropFirst()))
    }

    private static func writeTags(_ tags: [String], to arguments: inout PackedWriter) {
        arguments.key("tags")
        arguments.beginList(tags.count)
        for tag in tags { arguments.string(tag) }
    }

    /// Absent data and meta are an empty object for scripts: `e.data.x` is nil, never an error.
    private static func writeJSON(_ bytes: UnsafeRawBufferPointer, to arguments: inout PackedWriter) {
        if bytes.isEmpty { arguments.beginObject(0) } else { arguments.json(bytes) }
    }
}

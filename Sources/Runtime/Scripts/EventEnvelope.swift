import EventLog
import Lua

/// How events go to the scripts of a VM: `e.type e.key e.data`, and behind them what few scripts ask for.
///
/// `time` is milliseconds since 1970. `data` and `meta` go over as JSON bytes and are decoded in C; `meta`
/// and the others only when a script asks for one of them.
package struct EventEnvelope {
    /// All of an event, as processors see it.
    let whole: LuaShape

    /// The part of an event that a fold sees: what was known when it was decided, and no more.
    let folded: LuaShape

    /// Declares the shapes of events in a VM.
    package init(vm: LuaVM) {
        whole = vm.declareShape(
            complaint: "an event has no field",
            ready: ["type", "key", "data"],
            rare: ["position", "stream", "category", "revision", "id", "time", "meta", "tags"]
        )
        folded = vm.declareShape(
            complaint: "an event in a fold has no field",
            ready: ["type", "revision", "data", "tags", "stream", "key"]
        )
    }

    /// Appends an event.
    ///
    /// - Parameters:
    ///   - event: the event.
    ///   - data: what an operator put in place of its data; nil for its own.
    ///   - fields: the members of the data that the definition declares; nil for all.
    ///   - arguments: where to.
    package func write(
        _ event: RecordedEvent,
        data: ArraySlice<UInt8>? = nil,
        fields: LuaShape? = nil,
        to arguments: inout PackedWriter
    ) {
        event.withStreamBytes { stream in
            let (category, key) = Self.split(stream)
            arguments.shaped(whole) { arguments in
                arguments.string(event.type)
                arguments.string(bytes: key)
                if let data {
                    data.withUnsafeBytes { Self.writeJSON($0, fields, to: &arguments) }
                } else {
                    event.withData { Self.writeJSON($0, fields, to: &arguments) }
                }
            } rest: { arguments in
                arguments.integer(Int64(event.position))
                arguments.string(bytes: stream)
                arguments.string(bytes: category)
                arguments.integer(Int64(event.revision))
                arguments.uuid(event.id.high, event.id.low)
                arguments.integer(event.time / 1_000)
                event.withMeta { Self.writeJSON($0, to: &arguments) }
                Self.writeTags(of: event, to: &arguments)
            }
        }
    }

    /// Appends an event for a fold, which knows its stream and its key.
    func writeFolded(_ event: RecordedEvent, to arguments: inout PackedWriter) {
        arguments.shaped(folded) { arguments in
            arguments.string(event.type)
            arguments.integer(Int64(event.revision))
            event.withData { Self.writeJSON($0, to: &arguments) }
            Self.writeTags(of: event, to: &arguments)
            arguments.null()
            arguments.null()
        }
    }

    /// The two parts of a stream's name, as bytes: a string for each would cost more than the copy.
    private static func split(
        _ name: UnsafeRawBufferPointer
    ) -> (category: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer) {
        // A loop of its own: the search of a collection costs more than the few bytes of a category.
        var split = 0
        while split < name.count, name[split] != StreamName.separator { split += 1 }
        return (
            UnsafeRawBufferPointer(rebasing: name[..<split]),
            UnsafeRawBufferPointer(rebasing: name[split...].dropFirst())
        )
    }

    private static func writeTags(of event: RecordedEvent, to arguments: inout PackedWriter) {
        guard event.hasTags else { return arguments.null() }
        let tags = event.tags
        arguments.beginList(tags.count)
        for tag in tags { arguments.string(tag) }
    }

    /// Absent data and meta are an empty object for scripts: `e.data.x` is nil, never an error.
    private static func writeJSON(
        _ bytes: UnsafeRawBufferPointer,
        _ fields: LuaShape? = nil,
        to arguments: inout PackedWriter
    ) {
        if bytes.isEmpty {
            arguments.beginObject(0)
        } else if let fields {
            arguments.json(bytes, only: fields)
        } else {
            arguments.json(bytes)
        }
    }
}

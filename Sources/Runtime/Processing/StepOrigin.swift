import EventLog
import Foundation

/// Where a step comes from: stamped on everything that it emits, so that each decision can be explained.
///
/// In an event's meta: `by` what decided, `causation` the id of the event or command that it answers,
/// `correlation` the conversation, `rule` the hash of the script set, `schema` the version of its data when
/// it isn't the first.
struct StepOrigin: Sendable {
    /// What decided: a processor, or `aggregate.command`.
    let by: String

    /// The meta that every event of the step shares.
    ///
    /// The four values never need escapes: names are checked at load, ids and hashes are hexadecimal, and a
    /// correlation is checked by `CorrelationID` where it enters.
    private let meta: [UInt8]

    /// The step of a processor on an event; an event without a correlation starts one, under its own id.
    init(processor: String, event: RecordedEvent, rule: String) {
        by = processor
        meta = event.withMeta { recorded in
            Self.meta(by: processor, id: event.id, Self.correlation(in: recorded), rule: rule)
        }
    }

    /// A command from outside.
    init(command: Command, id: EventID, rule: String) {
        by = command.aggregate + "." + command.name
        var correlation = command.correlation ?? ""
        meta = correlation.withUTF8 { [by] correlation in
            Self.meta(by: by, id: id, UnsafeRawBufferPointer(correlation), rule: rule)
        }
    }

    /// Written into one piece of memory, since each step makes one; without a correlation the id stands for
    /// it.
    private static func meta(
        by: String,
        id: EventID,
        _ correlation: UnsafeRawBufferPointer,
        rule: String
    ) -> [UInt8] {
        let correlationBytes = correlation.isEmpty ? EventID.textBytes : correlation.count
        let names = start.utf8.count + causation.utf8.count + correlated.utf8.count + ruled.utf8.count
        let size = names + by.utf8.count + EventID.textBytes + correlationBytes + rule.utf8.count + 2
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            func put(_ text: String) {
                var text = text
                text.withUTF8 { put(UnsafeRawBufferPointer($0)) }
            }
            func put(_ bytes: UnsafeRawBufferPointer) {
                UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                    .copyMemory(from: bytes)
                count += bytes.count
            }
            func putID() {
                guard let place = buffer.baseAddress else { preconditionFailure("meta has bytes") }
                id.writeText(to: place + count)
                count += EventID.textBytes
            }
            put(start)
            put(by)
            put(causation)
            putID()
            put(correlated)
            if correlation.isEmpty { putID() } else { put(correlation) }
            put(ruled)
            put(rule)
            put("\"}")
        }
    }

    private static let start = #"{"by":""#
    private static let causation = #"","causation":""#
    private static let correlated = #"","correlation":""#
    private static let ruled = #"","rule":""#

    /// The meta of an event of this step; a script's own `meta` option is kept, the host's names win.
    func meta(adding extra: ArraySlice<UInt8>?, version: Int64? = nil) throws(JSONError) -> [UInt8] {
        guard let extra else {
            guard let version else { return meta }
            return Array(meta.dropLast()) + Array(",\"\(EventSchemas.metaName)\":\(version)}".utf8)
        }
        var members = try JSONValue(parsing: extra).object ?? [:]
        members.merge(try JSONValue(parsing: meta).object ?? [:]) { _, ours in ours }
        members[EventSchemas.metaName] = version.map(JSONValue.integer)
        return try JSONValue.object(members).bytes()
    }

    /// Finds the correlation in an event's meta; empty when there is none.
    ///
    /// The host writes it in this form and without escapes: looking for the bytes saves parsing the meta of
    /// every event that is processed. What somebody else wrote in another form is no correlation.
    private static func correlation(in meta: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        guard let start = meta.baseAddress else { return nothing }
        /// The next quotation mark, where a name may begin and a value end.
        func quote(from place: Int) -> Int? {
            guard place < meta.count else { return nil }
            return memchr(start + place, Int32(UInt8(ascii: "\"")), meta.count - place).map {
                start.distance(to: $0)
            }
        }
        var place = 0
        while let first = quote(from: place), first + name.count <= meta.count {
            guard memcmp(start + first, name, name.count) == 0 else {
                place = first + 1
                continue
            }
            guard let end = quote(from: first + name.count) else { return nothing }
            let text = UnsafeRawBufferPointer(rebasing: meta[first + name.count..<end])
            return CorrelationID.isValid(text) ? text : nothing
        }
        return nothing
    }

    private static let name = Array("\"correlation\":\"".utf8)
}

/// The id of a conversation, as a caller may choose it.
public enum CorrelationID {
    /// Bytes: a UUID with a prefix, a W3C trace id, an order number.
    public static let bytesMax = 128

    /// Whether a text can be one: printable ASCII without quotes and backslashes.
    public static func isValid(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { isValid(UnsafeRawBufferPointer($0)) }
    }

    static func isValid(_ text: UnsafeRawBufferPointer) -> Bool {
        guard (1...bytesMax).contains(text.count) else { return false }
        for byte in text {
            guard byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else {
                return false
            }
        }
        return true
    }
}

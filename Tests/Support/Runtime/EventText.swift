import EventLog
import Runtime

/// Events as one line of text, `order-1 OrderPlaced {"total":5}`: how tests give them and compare them.
public enum EventText {
    /// A line that is no event.
    public struct Malformed: Error {
        /// The line.
        public let line: String
    }

    /// Reads `stream Type` or `stream Type {json}`.
    public static func event(_ line: String) throws -> NewEvent {
        let parts = line.split(separator: " ", maxSplits: 2)
        guard parts.count >= 2 else { throw Malformed(line: line) }
        let data = parts.count == 3 ? Array(parts[2].utf8)[...] : []
        return NewEvent(stream: try StreamName(String(parts[0])), type: String(parts[1]), data: data)
    }

    /// An event as a line, its data in canonical JSON; absent data is left out.
    public static func line(_ event: RecordedEvent) throws -> String {
        let data = event.data.isEmpty ? "" : " " + (try canonical(event.data))
        return "\(event.stream) \(event.type)\(data)"
    }

    /// The same JSON with sorted members and without white space.
    public static func canonical(_ json: some Collection<UInt8>) throws -> String {
        try JSONValue(parsing: json).text()
    }
}

extension RecordedEvent {
    /// The event's meta by name.
    public func metaFields() throws -> [String: JSONValue] {
        meta.isEmpty ? [:] : try JSONValue(parsing: meta).object ?? [:]
    }
}

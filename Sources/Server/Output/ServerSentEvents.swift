import EventLog
import Runtime

/// The text form of server-sent events (HTML Living Standard, section 9.2).
enum ServerSentEvents {
    /// A comment: says that the connection lives, and means nothing else.
    static let heartbeat = Array(": alive\n\n".utf8)

    /// One event of the log: its position as the id that `Last-Event-ID` gives back, its type, and the event
    /// object.
    static func encode(_ event: RecordedEvent) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.event(event)
        return encode(id: String(event.position), event: event.type, data: writer.bytes)
    }

    /// A block of fields.
    ///
    /// JSON may hold line breaks between its tokens, and a line break ends a field, so each line
    /// becomes a field of its own; the reader joins them again.
    static func encode(id: String?, event: String, data: [UInt8]) -> [UInt8] {
        var block: [UInt8] = []
        block.reserveCapacity(data.count + 64)
        if let id { block += "id: \(id)\n".utf8 }
        block += "event: \(event)\n".utf8
        guard data.contains(where: { $0 == 0x0A || $0 == 0x0D }) else {
            block += "data: ".utf8
            block += data
            block += "\n\n".utf8
            return block
        }
        for line in data.split(omittingEmptySubsequences: false, whereSeparator: { $0 == 0x0A || $0 == 0x0D })
        {
            block += "data: ".utf8
            block += line
            block.append(0x0A)
        }
        block.append(0x0A)
        return block
    }
}

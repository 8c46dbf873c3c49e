/// Appends to Redis streams in its own protocol (RESP2), where the id of an entry is its revision plus one.
final class RedisConversation: Conversation {
    private let events: Int
    private var streams: OwnedStreams

    init(_ work: AppendCase, client: Int) {
        events = work.eventsPerRequest
        streams = OwnedStreams(work, client: client)
    }

    func request(into bytes: inout [UInt8]) {
        if events > 1 { Self.write(["MULTI"], into: &bytes) }
        let name = streams.name
        for number in 0..<events {
            let id = "\(streams.count + number + 1)-0"
            // The data is bytes, and stands last.
            bytes += "*7\r\n".utf8
            Self.writeBulk("XADD", into: &bytes)
            Self.writeBulk(name, into: &bytes)
            Self.writeBulk(id, into: &bytes)
            Self.writeBulk("type", into: &bytes)
            Self.writeBulk(AppendCase.type, into: &bytes)
            Self.writeBulk("data", into: &bytes)
            bytes += "$\(AppendCase.data.count)\r\n".utf8
            bytes += AppendCase.data
            bytes += "\r\n".utf8
        }
        if events > 1 { Self.write(["EXEC"], into: &bytes) }
    }

    func answer(in bytes: UnsafeRawBufferPointer) throws -> Int? {
        // MULTI, each XADD and EXEC have an answer of their own.
        let answers = events > 1 ? events + 2 : 1
        var place = 0
        for _ in 0..<answers {
            guard let end = try Self.end(of: bytes, from: place) else { return nil }
            place = end
        }
        streams.appended(events)
        return place
    }

    /// Writes a command.
    static func write(_ words: [String], into bytes: inout [UInt8]) {
        bytes += "*\(words.count)\r\n".utf8
        for word in words { writeBulk(word, into: &bytes) }
    }

    private static func writeBulk(_ text: String, into bytes: inout [UInt8]) {
        bytes += "$\(text.utf8.count)\r\n\(text)\r\n".utf8
    }

    /// Where a value ends that begins at a place; nil while it isn't whole.
    ///
    /// - Throws: `BenchError` for an error, wherever in the value it stands.
    static func end(of bytes: UnsafeRawBufferPointer, from start: Int) throws -> Int? {
        guard let line = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        let text = String(decoding: bytes[start..<line - 1], as: UTF8.self)
        let count = Int(text.dropFirst()) ?? 0
        switch text.first {
        case "-": throw BenchError("redis refused: \(text)")
        case "$" where count >= 0:
            let end = line + 1 + count + 2
            return end <= bytes.count ? end : nil
        case "*" where count >= 0:
            var place = line + 1
            for _ in 0..<count {
                guard let end = try end(of: bytes, from: place) else { return nil }
                place = end
            }
            return place
        default: return line + 1
        }
    }
}

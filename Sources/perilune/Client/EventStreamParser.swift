/// Reads server-sent events (HTML Living Standard, section 9.2) from chunks that break anywhere.
struct EventStreamParser {
    /// One event of the stream.
    struct Block: Equatable {
        /// The last id that the stream has named; nil before the first.
        var id: String?

        /// Its type; empty when the stream doesn't say.
        var event = ""

        /// The data, its lines joined.
        var data: [UInt8] = []
    }

    private var line: [UInt8] = []
    private var block = Block()
    private var hasData = false
    private var afterReturn = false

    /// The events that the chunk completes.
    mutating func parse(_ chunk: some Sequence<UInt8>) -> [Block] {
        var blocks: [Block] = []
        for byte in chunk {
            // A line ends with CR, LF or both; the LF behind a CR ends nothing new.
            if byte == 0x0A && afterReturn {
                afterReturn = false
                continue
            }
            afterReturn = byte == 0x0D
            if byte == 0x0A || byte == 0x0D {
                if let block = endLine() { blocks.append(block) }
            } else {
                line.append(byte)
            }
        }
        return blocks
    }

    private mutating func endLine() -> Block? {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else { return dispatch() }
        let name = line.prefix { $0 != UInt8(ascii: ":") }
        var value = line.dropFirst(name.count + 1)
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch String(decoding: name, as: UTF8.self) {
        case "id": block.id = String(decoding: value, as: UTF8.self)
        case "event": block.event = String(decoding: value, as: UTF8.self)
        case "data":
            if hasData { block.data.append(0x0A) }
            block.data += value
            hasData = true
        default: break
        }
        return nil
    }

    private mutating func dispatch() -> Block? {
        defer {
            block = Block(id: block.id)
            hasData = false
        }
        return hasData ? block : nil
    }
}

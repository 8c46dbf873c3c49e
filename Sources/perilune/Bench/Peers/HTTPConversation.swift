/// Conditional commits to our own host: `POST /commits` on a connection that is kept open.
final class HTTPConversation: Conversation {
    private let condition: AppendCase.Condition
    private let events: Int
    private var streams: OwnedStreams
    private var body: [UInt8] = []

    private static let headEnd = Array("\r\n\r\n".utf8)
    private static let created = Array("HTTP/1.1 201 ".utf8)
    private static let lengthName = Array("content-length:".utf8)
    private static let positionName = Array("{\"position\":".utf8)

    init(_ work: AppendCase, client: Int, condition: AppendCase.Condition) {
        self.condition = condition
        events = work.eventsPerRequest
        streams = OwnedStreams(work, client: client)
    }

    func request(into bytes: inout [UInt8]) {
        let name = streams.name
        let tags = condition == .tag ? #""tags":["\#(name)"],"# : ""
        let before = Array(
            #"{"stream":"\#(name)","type":"\#(AppendCase.type)",\#(tags)"data":"#.utf8
        )
        body.removeAll(keepingCapacity: true)
        body += #"{"events":["#.utf8
        for number in 0..<events {
            if number > 0 { body.append(UInt8(ascii: ",")) }
            body += before
            body += AppendCase.data
            body.append(UInt8(ascii: "}"))
        }
        body += #"],"conditions":[\#(expectation(name))]}"#.utf8
        bytes += "POST /commits HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n".utf8
        bytes += "Content-Length: \(body.count)\r\n\r\n".utf8
        bytes += body
    }

    private func expectation(_ name: String) -> String {
        switch condition {
        case .revision:
            let expected = streams.count == 0 ? #""none""# : String(streams.count - 1)
            return #"{"stream":"\#(name)","expected":\#(expected)}"#
        case .tag:
            return #"{"query":{"tags":["\#(name)"]},"after":\#(streams.position)}"#
        }
    }

    func answer(in bytes: UnsafeRawBufferPointer) throws -> Int? {
        guard let head = Self.place(of: Self.headEnd, in: bytes) else { return nil }
        let bodyStart = head + Self.headEnd.count
        let lines = UnsafeRawBufferPointer(rebasing: bytes[..<bodyStart])
        guard let length = Self.number(behind: Self.lengthName, in: lines) else {
            throw BenchError("our server told no length: \(String(decoding: lines, as: UTF8.self))")
        }
        guard bytes.count >= bodyStart + length else { return nil }
        let body = UnsafeRawBufferPointer(rebasing: bytes[bodyStart..<bodyStart + length])
        let position = Self.number(behind: Self.positionName, in: body)
        guard lines.starts(with: Self.created), let position else {
            throw BenchError("our server refused an append: \(String(decoding: body, as: UTF8.self))")
        }
        streams.appended(events, position: UInt64(position))
        return bodyStart + length
    }

    /// The digits behind a name that is written in small letters, whatever letters are there.
    private static func number(behind name: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let place = place(of: name, in: bytes) else { return nil }
        var number: Int?
        for byte in bytes[(place + name.count)...] {
            if byte == UInt8(ascii: " "), number == nil { continue }
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { break }
            number = (number ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }

    private static func place(of name: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count >= name.count else { return nil }
        var place = 0
        while place + name.count <= bytes.count {
            if name.indices.allSatisfy({ lower(bytes[place + $0]) == name[$0] }) { return place }
            place += 1
        }
        return nil
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}

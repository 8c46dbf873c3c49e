/// Conditional commits to our own host: `POST /commits` on a connection that is kept open.
final class HTTPConversation: Conversation {
    private let condition: AppendCase.Condition
    private let events: Int
    private var streams: OwnedStreams
    private var body: [UInt8] = []

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
        guard let answer = try HTTPAnswer(in: bytes) else { return nil }
        guard answer.has(status: 201), let position = answer.number(behind: Self.positionName) else {
            throw BenchError("our server refused an append: \(answer.text)")
        }
        streams.appended(events, position: UInt64(position))
        return answer.length
    }
}

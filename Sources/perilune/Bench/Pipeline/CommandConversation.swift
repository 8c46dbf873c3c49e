/// Commands to our own host, each with an idempotency key of its own, on a connection that is kept open.
final class CommandConversation: Conversation {
    private let name: String
    private let keys: Int
    private var number = 0

    /// Keys of all clients together.
    private static let keysOfAll = 10_000

    init(_ work: AppendCase, client: Int) {
        name = "\(work.number).\(client)"
        keys = Self.keysOfAll / work.clients
    }

    func request(into bytes: inout [UInt8]) {
        bytes += "POST /commands/order/\(name).\(number % keys)/place HTTP/1.1\r\nHost: 127.0.0.1\r\n".utf8
        bytes += "Content-Type: application/json\r\nIdempotency-Key: \(name).\(number)\r\n".utf8
        bytes += "Content-Length: \(AppendCase.data.count)\r\n\r\n".utf8
        bytes += AppendCase.data
        number += 1
    }

    func answer(in bytes: UnsafeRawBufferPointer) throws -> Int? {
        guard let answer = try HTTPAnswer(in: bytes) else { return nil }
        guard answer.has(status: 200) else {
            throw BenchError("our server refused a command: \(answer.text)")
        }
        return answer.length
    }
}

import Foundation

/// A request, as it is written to the wire: nothing in it is checked or repaired, because bad requests are
/// tested too.
struct HTTPRequest: Sendable {
    var method: String
    var target: String
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    /// Whether the body goes out in chunks, without a length that says beforehand how large it is.
    var isChunked = false

    static func get(_ target: String) -> HTTPRequest {
        HTTPRequest(method: "GET", target: target)
    }

    static func post(_ target: String, _ body: String = "", key: String? = nil) -> HTTPRequest {
        var request = HTTPRequest(method: "POST", target: target, body: Array(body.utf8))
        request.headers = [("Content-Type", "application/json")]
        if let key { request.headers.append(("Idempotency-Key", key)) }
        return request
    }

    var bytes: [UInt8] {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n"
        head += isChunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: \(body.count)\r\n"
        for header in headers { head += "\(header.name): \(header.value)\r\n" }
        return Array((head + "\r\n").utf8) + (isChunked ? chunks : body)
    }

    private var chunks: [UInt8] {
        let size = 1 << 16
        let parts = stride(from: 0, to: body.count, by: size).map { body[$0..<min($0 + size, body.count)] }
        let written = parts.flatMap {
            Array("\(String($0.count, radix: 16))\r\n".utf8) + $0 + Array("\r\n".utf8)
        }
        return written + Array("0\r\n\r\n".utf8)
    }
}

/// An answer, read to its end.
struct HTTPResponse: Sendable, CustomStringConvertible {
    let status: Int
    /// By lower-case name.
    let headers: [String: String]
    let body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }

    var description: String { "\(status) \(text.prefix(2_000))" }

    /// The body as JSON, of one kind of answer.
    func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch {
            throw StoryFailure("not a \(type): \(self)\n\(error)")
        }
    }
}

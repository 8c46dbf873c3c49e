import Foundation

/// One connection to Redis that says one thing after the other, each time waiting for the answer.
final class RedisConnection {
    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = try Loopback.connect(port: port)
    }

    deinit {
        close(descriptor)
    }

    /// Sends a command, and gives the first line of the answer.
    ///
    /// - Throws: `BenchError` when it is an error.
    @discardableResult
    func call(_ words: [String]) throws -> String {
        var request: [UInt8] = []
        RedisConversation.write(words, into: &request)
        var sent = 0
        while sent < request.count {
            let count = request[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Self.failed("written to") }
            sent += count
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while try answer.withUnsafeBytes({ try RedisConversation.end(of: $0, from: 0) }) == nil {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { throw Self.failed("read") }
            answer += buffer[..<count]
        }
        return String(decoding: answer.prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
    }

    /// Sends a command whose answer is a number.
    func number(_ words: [String]) throws -> Int {
        let answer = try call(words)
        guard answer.first == ":", let number = Int(answer.dropFirst()) else {
            throw BenchError("redis answered \(answer.debugDescription), not with a number")
        }
        return number
    }

    private static func failed(_ what: String) -> BenchError {
        BenchError("a connection to redis can't be \(what): \(String(cString: strerror(errno)))")
    }
}

import Foundation

/// One client of a server that asks at a steady pace: each request when it is due, or at once when the answer
/// before it came later than that.
final class PacedClient {
    private let descriptor: Int32
    private let conversation: any Conversation
    private let interval: Duration
    private var output: [UInt8] = []
    private var input: [UInt8] = []
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    init(_ conversation: any Conversation, port: Int, interval: Duration) throws {
        self.conversation = conversation
        self.interval = interval
        descriptor = try Loopback.connect(port: port)
    }

    deinit {
        close(descriptor)
    }

    /// Asks so many times, and has all answers when it returns.
    func run(requests count: Int) async throws {
        let start = ContinuousClock.now
        for number in 0..<count {
            let due = start.advanced(by: interval * number)
            try await ContinuousClock().sleep(until: due, tolerance: .zero)
            output.removeAll(keepingCapacity: true)
            conversation.request(into: &output)
            try send()
            while try !isAnswered() {}
        }
    }

    private func send() throws {
        var rest = output[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent < 0, errno == EINTR { continue }
            guard sent > 0 else { throw BenchError("a connection can't be written to") }
            rest = rest.dropFirst(sent)
        }
    }

    private func isAnswered() throws -> Bool {
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count < 0, errno == EINTR { return false }
        guard count > 0 else { throw BenchError("a server closed a connection") }
        input += buffer[..<count]
        guard let length = try input.withUnsafeBytes(conversation.answer) else { return false }
        input.removeFirst(length)
        return true
    }
}

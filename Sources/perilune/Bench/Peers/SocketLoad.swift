import Foundation

/// Connections that are driven by one thread of this process: the cheapest client that there is, so that it
/// takes as little as possible from the server that it measures.
final class SocketLoad: AppendLoad {
    private struct Connection {
        let descriptor: Int32
        let conversation: any Conversation
        var output: [UInt8] = []
        var sent = 0
        var input: [UInt8] = []

        /// When the request went out.
        var asked = ContinuousClock.now
    }

    private var connections: [Connection] = []

    /// What each connection waits for, in the same order.
    private var watched: [pollfd] = []
    private let eventsPerRequest: Int
    private var buffer = [UInt8](repeating: 0, count: 64 << 10)

    /// Milliseconds without any answer after which a server counts as stuck.
    private static let silenceMax: Int32 = 30_000

    init(_ work: AppendCase, port: Int, _ conversation: (Int) -> any Conversation) throws {
        eventsPerRequest = work.eventsPerRequest
        for client in 0..<work.clients {
            let descriptor = try Loopback.connect(port: port)
            connections.append(Connection(descriptor: descriptor, conversation: conversation(client)))
            watched.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
            guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else { throw Self.failed("set up") }
        }
    }

    deinit {
        for connection in connections { close(connection.descriptor) }
    }

    func run(seconds: Int) throws -> AppendReport {
        let clock = ContinuousClock()
        let cpu = ProcessUse.cpuSeconds()
        let start = clock.now
        let deadline = start.advanced(by: .seconds(seconds))
        for index in connections.indices { try sendNext(index, at: start) }
        var busy = connections.count
        var latencies: [Duration] = []
        while busy > 0 {
            let count = poll(&watched, nfds_t(watched.count), Self.silenceMax)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw BenchError("a server has not answered for 30 seconds") }
            for index in watched.indices where watched[index].revents != 0 {
                try sendRest(index)
                guard watched[index].revents & ~Int16(POLLOUT) != 0, try receive(index) else { continue }
                let now = clock.now
                latencies.append(connections[index].asked.duration(to: now))
                if now < deadline { try sendNext(index, at: now) } else { busy -= 1 }
            }
        }
        return AppendReport(
            events: latencies.count * eventsPerRequest,
            seconds: Rounds.seconds(start.duration(to: clock.now)),
            clientSeconds: ProcessUse.cpuSeconds() - cpu,
            latencies: latencies
        )
    }

    private func sendNext(_ index: Int, at time: ContinuousClock.Instant) throws {
        connections[index].asked = time
        connections[index].output.removeAll(keepingCapacity: true)
        connections[index].conversation.request(into: &connections[index].output)
        connections[index].sent = 0
        try sendRest(index)
    }

    /// As much as the socket takes; the rest goes when it is writable again.
    private func sendRest(_ index: Int) throws {
        while connections[index].sent < connections[index].output.count {
            let sent = connections[index].sent
            let count = connections[index].output.withUnsafeBytes { bytes in
                send(
                    connections[index].descriptor,
                    bytes.baseAddress.map { $0 + sent },
                    bytes.count - sent,
                    Int32(MSG_NOSIGNAL)
                )
            }
            if count < 0 {
                guard errno == EAGAIN else { throw Self.failed("written to") }
                watched[index].events = Int16(POLLIN | POLLOUT)
                return
            }
            connections[index].sent += count
        }
        watched[index].events = Int16(POLLIN)
    }

    /// Takes what has come; whether the answer is whole.
    private func receive(_ index: Int) throws -> Bool {
        while true {
            let count = recv(connections[index].descriptor, &buffer, buffer.count, 0)
            if count < 0 {
                if errno == EAGAIN { break }
                throw Self.failed("read")
            }
            guard count > 0 else { throw BenchError("a server closed a connection") }
            connections[index].input += buffer[..<count]
        }
        let conversation = connections[index].conversation
        let length = try connections[index].input.withUnsafeBytes(conversation.answer)
        guard let length else { return false }
        connections[index].input.removeFirst(length)
        return true
    }

    private static func failed(_ what: String) -> BenchError {
        BenchError("a connection can't be \(what): \(String(cString: strerror(errno)))")
    }
}

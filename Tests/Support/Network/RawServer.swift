import Foundation
import Synchronization

/// A server of one's own on the loopback: it remembers what came, byte for byte, and says what a test wants.
///
/// A connection has one request. It is closed behind the answer.
public final class RawServer: Sendable {
    /// What is done about a request.
    public enum Reply: Sendable {
        /// These bytes, then the end.
        case bytes(String)
        /// Nothing, until the client goes.
        case silence
        /// The end, without a word.
        case close
        /// These bytes, then one piece again and again, until the client goes.
        case endless(String, piece: String)
    }

    /// There is no port for it.
    public struct Failed: Error {}

    /// The port that the system chose.
    public let port: Int
    private let socket: CInt
    private let state = Mutex(State())

    private struct State {
        var requests: [String] = []
        var gone = 0
        var waiting: [(requests: Int, gone: Int, continuation: CheckedContinuation<Void, Never>)] = []

        /// Takes out those who have waited for what is there now.
        mutating func served() -> [CheckedContinuation<Void, Never>] {
            let (asked, gone) = (requests.count, gone)
            let served = waiting.filter { asked >= $0.requests && gone >= $0.gone }
            waiting.removeAll { asked >= $0.requests && gone >= $0.gone }
            return served.map(\.continuation)
        }
    }

    /// Listens, and answers each request so; `number` counts them, from 1.
    public init(_ reply: @escaping @Sendable (_ request: String, _ number: Int) -> Reply) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listening = socket
        let isBound = withUnsafeMutablePointer(to: &address) { place in
            place.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listening, $0, length) == 0 && listen(listening, 64) == 0
                    && getsockname(listening, $0, &length) == 0
            }
        }
        guard isBound else { throw Failed() }
        port = Int(UInt16(bigEndian: address.sin_port))
        // A thread each: a connection that is silent holds up no other.
        Thread.detachNewThread { [self] in
            while case let connection = accept(listening, nil, nil), connection >= 0 {
                Thread.detachNewThread { self.serve(connection, reply) }
            }
        }
    }

    /// The values of a header in all requests, in order.
    public func values(of header: String) -> [String] {
        requests.map { request in
            let lines = request.split(separator: "\r\n")
            let line = lines.first { $0.lowercased().hasPrefix(header.lowercased() + ": ") }
            return line.map { String($0.dropFirst(header.count + 2)) } ?? ""
        }
    }

    /// Everything that was asked, head and body, in order.
    public var requests: [String] { state.withLock { $0.requests } }

    /// Connections that the client ended while the server was silent or still sending.
    public var gone: Int { state.withLock { $0.gone } }

    /// Waits until so many requests have come, and so many clients have gone.
    public func until(requests: Int = 0, gone: Int = 0) async {
        await withCheckedContinuation { continuation in
            change { $0.waiting.append((requests, gone, continuation)) }
        }
    }

    @discardableResult
    private func change<Value>(_ body: (inout State) -> Value) -> Value {
        let (value, served) = state.withLock { state in (body(&state), state.served()) }
        for continuation in served { continuation.resume() }
        return value
    }

    /// Takes no more connections.
    public func stop() {
        shutdown(socket, Int32(SHUT_RDWR))
        close(socket)
    }

    private func serve(_ connection: CInt, _ reply: (String, Int) -> Reply) {
        defer { close(connection) }
        guard let request = Self.read(connection) else { return }
        let number = change { state in
            state.requests.append(request)
            return state.requests.count
        }
        switch reply(request, number) {
        case .bytes(let text): _ = Self.write(connection, text)
        case .close: break
        case .silence:
            var byte: UInt8 = 0
            while recv(connection, &byte, 1, 0) > 0 {}
            change { $0.gone += 1 }
        case .endless(let head, let piece):
            guard Self.write(connection, head) else { return }
            while Self.write(connection, piece) {}
            change { $0.gone += 1 }
        }
    }

    /// A head, and as many bytes behind it as it says.
    private static func read(_ connection: CInt) -> String? {
        var text = ""
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let end = text.firstRange(of: "\r\n\r\n") {
                let length = text[..<end.lowerBound].lowercased().split(separator: "\r\n")
                    .first { $0.hasPrefix("content-length: ") }
                    .flatMap { Int($0.dropFirst("content-length: ".count)) }
                if text[end.upperBound...].utf8.count >= length ?? 0 { return text }
            }
            let count = recv(connection, &bytes, bytes.count, 0)
            guard count > 0 else { return nil }
            text += String(decoding: bytes.prefix(count), as: UTF8.self)
            // The first byte of a handshake: what wants to speak TLS gets an answer in plain text.
            if text.utf8.first == 0x16 { return text }
        }
    }

    private static func write(_ connection: CInt, _ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

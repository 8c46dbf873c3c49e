import Foundation

/// A TCP socket of the operating system that blocks; closed when it is let go.
final class Socket {
    /// Seconds of silence after which a read or a write fails: a host that answers nothing is a failure, not
    /// a story without an end.
    private static let silenceMax = 120

    let descriptor: Int32

    init() throws {
        let stream = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_INET, stream, 0)
        guard descriptor >= 0 else { throw ConnectionFailure("socket") }
    }

    deinit { close(descriptor) }

    /// This machine, as the system writes addresses.
    static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }

    /// Connects to a port of this machine.
    func connect(to port: Int) throws {
        var silence = timeval(tv_sec: Self.silenceMax, tv_usec: 0)
        let length = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &silence, length)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &silence, length)
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        var address = Self.loopback(port)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                Foundation.connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw ConnectionFailure("connect") }
    }

    /// Writes all bytes; a peer that is gone is an error, not a signal.
    func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw ConnectionFailure("send") }
            rest = rest.dropFirst(count)
        }
    }

    /// What has arrived, waiting for at least a byte; empty at the end.
    func read() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { throw ConnectionFailure("receive") }
        return Array(bytes[..<count])
    }
}

/// A connection that couldn't be made, or ended before the answer did: what every client of a host that is
/// killed must expect, and may answer by trying again with the same idempotency key.
struct ConnectionFailure: Error, CustomStringConvertible {
    let description: String

    init(_ operation: String) {
        description = "\(operation): \(String(cString: strerror(errno)))"
    }

    /// The peer closed the connection in the middle of an answer.
    static let cutOff = ConnectionFailure(because: "the connection ended before the answer did")

    private init(because description: String) {
        self.description = description
    }
}

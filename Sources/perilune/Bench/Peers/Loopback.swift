import Foundation

/// TCP sockets of this machine alone.
enum Loopback {
    /// Seconds that a server gets to listen.
    private static let secondsMax = 30.0

    /// A port that nobody listens on: the system chooses, and is asked which.
    static func freePort() throws -> Int {
        let descriptor = try socket()
        defer { close(descriptor) }
        var address = address(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 ? getsockname(descriptor, address, &length) : -1
            }
        }
        guard status == 0 else { throw BenchError("no port is free: \(String(cString: strerror(errno)))") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// A connection that sends what it is given at once.
    static func connect(port: Int) throws -> Int32 {
        let descriptor = try socket()
        var address = address(port: port)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                Foundation.connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        var isOn: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        guard status == 0, setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, size) == 0 else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw BenchError("127.0.0.1:\(port) can't be reached: \(reason)")
        }
        return descriptor
    }

    /// Waits until a server listens.
    ///
    /// - Throws: `BenchError` with its last words when it ends before.
    static func waitUntilListening(port: Int, _ process: ChildProcess) throws {
        var waited = 0.0
        while !process.hasEnded, waited < secondsMax {
            // Not listening yet is what is waited for.
            if let descriptor = try? connect(port: port) {
                close(descriptor)
                return
            }
            usleep(20_000)
            waited += 0.02
        }
        throw BenchError("a server did not start: \(process.lastWords)")
    }

    private static func socket() throws -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = Foundation.socket(AF_INET, type, 0)
        guard descriptor >= 0 else {
            throw BenchError("no socket can be made: \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    private static func address(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}

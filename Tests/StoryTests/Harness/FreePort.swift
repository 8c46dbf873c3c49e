import Foundation
import Synchronization

/// A port of this machine that nobody listens on.
///
/// Below the range from which the system takes ports for outgoing connections. In that range a client that
/// keeps calling a killed host could be given the host's own port, would be connected to itself, and would
/// keep the host from coming back.
///
/// Each is given out once: two hosts that start at the same time, or one that comes back while another
/// starts, would answer for each other.
enum FreePort {
    private static let range = 20_000..<32_000

    private static let given = Mutex<Set<Int>>([])

    static func choose() throws -> Int {
        for _ in 0..<100 {
            let port = Int.random(in: range)
            guard try isFree(port) else { continue }
            if given.withLock({ $0.insert(port).inserted }) { return port }
        }
        throw StoryFailure("no port from \(range) is free")
    }

    private static func isFree(_ port: Int) throws -> Bool {
        let socket = try Socket()
        var address = Socket.loopback(port)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket.descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}

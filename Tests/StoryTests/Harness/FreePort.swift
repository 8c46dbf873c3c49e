import Foundation

/// A port of this machine that nobody listens on.
///
/// Below the range from which the system takes ports for outgoing connections. In that range a client that
/// keeps calling a killed host could be given the host's own port, would be connected to itself, and would
/// keep the host from coming back.
enum FreePort {
    private static let range = 20_000..<32_000

    static func choose() throws -> Int {
        for _ in 0..<100 {
            let port = Int.random(in: range)
            if try isFree(port) { return port }
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

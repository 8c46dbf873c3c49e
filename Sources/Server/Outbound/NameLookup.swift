import Foundation
import Runtime
import Synchronization

/// Asks the system for the addresses of a name, off the threads that serve requests and run steps.
///
/// Called by `OutboundCaller` for each call: nothing is remembered, so what is checked is what the name leads
/// to now.
enum NameLookup {
    /// The name has no address, as far as the system can tell.
    struct Failed: Error {
        /// In words.
        let reason: String
    }

    private typealias Answer = CheckedContinuation<[NetworkAddress], any Error>

    /// The addresses of a name, in the order in which the system would try them.
    ///
    /// - Throws: `Failed`, or `CancellationError` at once when the task is cancelled; the system can't be
    ///   interrupted, and its answer is dropped then.
    static func addresses(of name: String) async throws -> [NetworkAddress] {
        let waiting = Mutex<Answer?>(nil)
        let take: @Sendable () -> Answer? = { waiting.withLock { $0.take() } }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: Answer) in
                waiting.withLock { $0 = continuation }
                // Cancelled before it waited: the handler below found nobody.
                if Task.isCancelled { take()?.resume(throwing: CancellationError()) }
                // A thread each, as many as there are calls at once: a server of names that doesn't answer
                // holds up nobody else.
                Thread.detachNewThread {
                    let result = ask(name)
                    take()?.resume(with: result)
                }
            }
        } onCancel: {
            take()?.resume(throwing: CancellationError())
        }
    }

    private static func ask(_ name: String) -> Result<[NetworkAddress], any Error> {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var first: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(name, nil, &hints, &first)
        guard status == 0 else { return .failure(Failed(reason: String(cString: gai_strerror(status)))) }
        defer { freeaddrinfo(first) }
        var addresses: [NetworkAddress] = []
        for entry in sequence(first: first, next: { $0?.pointee.ai_next }) {
            guard let address = entry?.pointee.ai_addr.flatMap(address(at:)), !addresses.contains(address)
            else { continue }
            addresses.append(address)
        }
        return .success(addresses)
    }

    private static func address(at place: UnsafeMutablePointer<sockaddr>) -> NetworkAddress? {
        let raw = UnsafeRawPointer(place)
        switch Int32(place.pointee.sa_family) {
        case AF_INET:
            var address = raw.loadUnaligned(as: sockaddr_in.self).sin_addr
            return NetworkAddress(bytes: withUnsafeBytes(of: &address) { Array($0) })
        case AF_INET6:
            var address = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            return NetworkAddress(bytes: withUnsafeBytes(of: &address) { Array($0) })
        default: return nil
        }
    }
}

import AsyncHTTPClient
import NIOCore
import Runtime

/// HTTP clients that each know one name by one address: a connection can go nowhere else than where it was
/// checked to go.
///
/// A client keeps its connections for a while, so calls in a row shake hands once. Owned by `OutboundCaller`.
actor PinnedClients {
    /// A name and the address that stands for it.
    struct Pin: Hashable, Sendable {
        let host: String
        let address: NetworkAddress
    }

    private struct Entry {
        let client: HTTPClient
        var users = 0
        var lastUse = 0
    }

    /// Clients that are kept, in use or not: more than an app allows origins, times the addresses of most.
    private static let clientsMax = 128

    /// Seconds that a connection is kept without a call: shorter than servers keep theirs.
    private static let idleSeconds: Int64 = 15

    /// Seconds in which a connection must be there.
    private static let connectSeconds: Int64 = 10

    private var entries: [Pin: Entry] = [:]
    private var uses = 0
    private var isClosed = false

    deinit {
        // A client that is let go without being closed ends the process, which no lost call is worth.
        for entry in entries.values { Task { [client = entry.client] in await Self.close(client) } }
    }

    /// Lends the client of a pin; every loan ends with `giveBack`.
    ///
    /// Nil when all are closed.
    func lend(_ pin: Pin) async -> HTTPClient? {
        guard !isClosed else { return nil }
        if entries[pin] == nil, entries.count >= Self.clientsMax { await closeOldest() }
        // Closing gave way to others.
        guard !isClosed else { return nil }
        uses += 1
        var entry = entries[pin] ?? Entry(client: Self.client(of: pin))
        entry.users += 1
        entry.lastUse = uses
        entries[pin] = entry
        return entry.client
    }

    /// Ends a loan.
    func giveBack(_ pin: Pin) {
        entries[pin]?.users -= 1
    }

    /// Closes all; calls that still run are cut off.
    func close() async {
        isClosed = true
        let clients = entries.values.map(\.client)
        entries = [:]
        for client in clients { await Self.close(client) }
    }

    private func closeOldest() async {
        let idle = entries.filter { $0.value.users == 0 }
        guard let oldest = idle.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return }
        entries[oldest.key] = nil
        await Self.close(oldest.value.client)
    }

    private static func close(_ client: HTTPClient) async {
        // Fails only when it was closed before, and then there is nothing to do.
        try? await client.shutdown()
    }

    private static func client(of pin: Pin) -> HTTPClient {
        // A redirect would be a connection that nobody checked; so would a proxy.
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(connectSeconds)
        configuration.connectionPool.idleTimeout = .seconds(idleSeconds)
        // The next address, the handler's retry or a person decides what comes after a failed connection.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.decompression = .disabled
        configuration.httpVersion = .http1Only
        configuration.proxy = nil
        configuration.dnsOverride = [pin.host: "\(pin.address)"]
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }
}

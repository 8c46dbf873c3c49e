import AsyncHTTPClient
import EventLog
import Logging
import NIOCore
import NIOHTTP1
import Runtime
import Server
import ServiceLifecycle

/// A real server on a port that the system chose, over a host on a log in memory, or on another one.
struct TestServer: Sendable {
    let log: any EventLog
    let host: Host
    private let services: ServiceGroup
    let url: String

    private init(log: any EventLog, host: Host, services: ServiceGroup, url: String) {
        self.log = log
        self.host = host
        self.services = services
        self.url = url
    }

    /// The time of every commit, and of the server: 2026-08-01T09:30:00.000042Z.
    static let time: LogTime = 1_785_576_600_000_042

    /// Runs `body` against a server, and stops it.
    ///
    /// `clock` is the server's; the default never ends a wait, so that no heartbeat comes unasked. Live
    /// streams don't wait between writes, unless told.
    static func run(
        clock: HostClock = HostClock(now: { time }, sleep: { _ in try await Self.untilCancelled() }),
        over other: (any EventLog)? = nil,
        recordsScripts: Bool = false,
        liveInterval: Int64 = 0,
        _ body: @Sendable @escaping (TestServer) async throws -> Void
    ) async throws {
        let identity = LogIdentity(
            id: EventID(high: 0x1111_2222_3333_4444, low: 0x5555_0000_0000_0000),
            scriptSeed: 7
        )
        let log = other ?? MemoryLog(identity: identity, clock: { Self.time })
        let host = try await TestApp.start(over: log, recordsScripts: recordsScripts)
        let options = ServerOptions(
            address: ListenAddress(host: "127.0.0.1", port: 0),
            clock: clock,
            liveIntervalMicroseconds: liveInterval,
            logger: quiet
        )
        let (addresses, continuation) = AsyncStream<ListenAddress>.makeStream()
        let service = ListeningService(
            server: APIServer(host: host, options: options),
            addresses: continuation
        )
        let services = ServiceGroup(services: [service], logger: quiet)
        async let running: Void = services.run()
        var failure: (any Error)?
        for await address in addresses {
            do {
                try await body(
                    TestServer(log: log, host: host, services: services, url: "http://\(address)")
                )
            } catch {
                failure = error
            }
            break
        }
        await services.triggerGracefulShutdown()
        try await running
        await host.stop()
        if let failure { throw failure }
    }

    /// Lets nothing through: what fails is in the answers.
    static var quiet: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    /// Waits for as long as the task lives.
    static func untilCancelled() async throws {
        let (stream, _) = AsyncStream<Never>.makeStream()
        for await _ in stream {}
        throw CancellationError()
    }

    /// Begins to stop it, as a signal does.
    func stop() async {
        await services.triggerGracefulShutdown()
    }

    /// Appends an event with data, past the API.
    @discardableResult
    func append(
        _ type: String,
        to stream: String,
        _ data: String = "{}",
        tags: [String] = []
    ) async throws -> Receipt {
        let event = NewEvent(
            stream: try StreamName(stream),
            type: type,
            data: Array(data.utf8)[...],
            tags: tags
        )
        return try await log.commit(NewFrame(events: [event]))
    }

    func get(_ path: String, headers: [(String, String)] = []) async throws -> TestAnswer {
        try await send("GET", path, nil, headers)
    }

    func post(
        _ path: String,
        _ body: String? = nil,
        headers: [(String, String)] = []
    ) async throws -> TestAnswer {
        try await send("POST", path, body.map { ByteBuffer(string: $0) }, headers)
    }

    func send(
        _ method: String,
        _ path: String,
        _ body: ByteBuffer?,
        _ headers: [(String, String)] = []
    ) async throws -> TestAnswer {
        var request = HTTPClientRequest(url: url + path)
        request.method = HTTPMethod(rawValue: method)
        request.body = body.map { .bytes($0) }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await HTTPClient.shared.execute(request, deadline: .distantFuture)
        return TestAnswer(
            status: Int(response.status.code),
            headers: response.headers,
            bytes: Array(try await response.body.collect(upTo: 64 << 20).readableBytesView)
        )
    }
}

/// What the server said.
struct TestAnswer {
    let status: Int
    let headers: HTTPHeaders
    let bytes: [UInt8]

    /// The body as text.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The body, parsed.
    var json: JSONValue { get throws { try JSONValue(parsing: text) } }

    func header(_ name: String) -> String? { headers.first(name: name) }

    /// The `code` of a problem document; nil when it isn't one.
    var code: String? {
        guard header("Content-Type") == "application/problem+json" else { return nil }
        // What isn't JSON has no code, and fails the expectation that asks for one.
        return try? json["code"]?.string
    }
}

/// The server as a service that tells where it listens.
private struct ListeningService: Service {
    let server: APIServer
    let addresses: AsyncStream<ListenAddress>.Continuation

    func run() async throws {
        try await server.run { addresses.yield($0) }
        addresses.finish()
    }
}

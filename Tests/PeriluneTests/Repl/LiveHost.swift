import EventLog
import Foundation
import Logging
import Runtime
import Server
import ServiceLifecycle

@testable import perilune

/// A host in this process, with the API, as often as a test begins it anew.
enum LiveHost {
    /// Runs `body` while it serves, then stops it; the port is the system's choice, or one of before.
    static func serving(
        _ log: any EventLog,
        port: Int = 0,
        _ body: @Sendable (_ port: Int) async throws -> Void
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        var options = HostOptions(logger: logger)
        // A test's own events begin at position 1.
        options.recordsScripts = false
        let host = try await Host.start(
            try ScriptSet(name: "notes", files: ["app.lua": Array("".utf8)]),
            log: log,
            readModelFolder: nil,
            options: options
        )
        let (addresses, continuation) = AsyncStream<ListenAddress>.makeStream()
        let server = APIServer(
            host: host,
            options: ServerOptions(address: ListenAddress(host: "127.0.0.1", port: port), logger: logger)
        )
        let services = ServiceGroup(
            services: [Listening(server: server, addresses: continuation)],
            logger: logger
        )
        async let running: Void = services.run()
        var outcome = Result<Void, any Error>.success(())
        for await address in addresses {
            do { try await body(address.port) } catch { outcome = .failure(error) }
            break
        }
        await services.triggerGracefulShutdown()
        try await running
        await host.stop()
        try outcome.get()
    }

    private struct Listening: Service {
        let server: APIServer
        let addresses: AsyncStream<ListenAddress>.Continuation

        func run() async throws {
            defer { addresses.finish() }
            try await server.run { addresses.yield($0) }
        }
    }

    /// Runs what waits for the host on a thread of its own, as a prompt does.
    static func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    /// Commits events of a stream, each with its number as its data.
    static func note(_ numbers: Range<Int>, to log: any EventLog, stream: String = "note-1") async throws {
        let events = try numbers.map {
            NewEvent(stream: try StreamName(stream), type: "Noted", data: Array("\($0)".utf8)[...])
        }
        _ = try await log.commit(NewFrame(events: events))
    }
}

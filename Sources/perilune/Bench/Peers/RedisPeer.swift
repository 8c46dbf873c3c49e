import Foundation

/// Redis streams, with every write flushed before it is answered.
struct RedisPeer: Peer {
    private let server: String

    let name = "redis"
    let condition = AppendCase.Condition.revision
    let remarks =
        "XADD over RESP, appendfsync always; explicit ids refuse a repeated revision, not a gap; "
        + "several events are MULTI/EXEC, which doesn't roll back; all data is kept in memory"

    /// The peer, when its server is there.
    static func installed() -> RedisPeer? {
        InstalledProgram.path("redis-server").map(RedisPeer.init)
    }

    func serving(
        from folder: String,
        leftovers: Leftovers,
        _ body: ((AppendCase) throws -> any AppendLoad) async throws -> Void
    ) async throws {
        try await serving(from: folder, leftovers: leftovers) { port in
            try await body { work in
                try SocketLoad(work, port: port) { RedisConversation(work, client: $0) }
            }
        }
    }

    /// Serves while `body` runs with the port.
    func serving<Value>(
        from folder: String,
        leftovers: Leftovers,
        _ body: (Int) async throws -> Value
    ) async throws -> Value {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let port = try Loopback.freePort()
        // No snapshots and no rewriting of the log beside it: neither is part of an append.
        let command = [
            server, "--port", "\(port)", "--bind", "127.0.0.1", "--dir", folder, "--save", "",
            "--appendonly", "yes", "--appendfsync", "always", "--auto-aof-rewrite-percentage", "0",
            "--daemonize", "no",
        ]
        let process = try ChildProcess(command, output: folder + "/err", errors: folder + "/err")
        return try await leftovers.withProcess(process, endedBy: SIGTERM) { process in
            try Loopback.waitUntilListening(port: port, process)
            return try await body(port)
        }
    }
}

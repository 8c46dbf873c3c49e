import Foundation

/// Our own host as a process, driven over HTTP as any client would.
struct OwnServer: Peer {
    let condition: AppendCase.Condition

    let name = "perilune"
    let remarks = ""

    /// The smallest app: nothing reacts to the events, as nothing does in the peers.
    private static let app = #"aggregate "bench" { commands = {}, events = {} }"#

    /// Where it is while it serves.
    struct Running {
        let port: Int
        let pid: pid_t
    }

    func serving(
        from folder: String,
        leftovers: Leftovers,
        _ body: ((AppendCase) throws -> any AppendLoad) async throws -> Void
    ) async throws {
        try await Self.serving(Self.app, from: folder, leftovers: leftovers) { server in
            try await body { work in
                try SocketLoad(work, port: server.port) { client in
                    HTTPConversation(work, client: client, condition: condition)
                }
            }
        }
    }

    /// Serves an app, whose only file is given, while `body` runs.
    static func serving(
        _ app: String,
        from folder: String,
        leftovers: Leftovers,
        _ body: (Running) async throws -> Void
    ) async throws {
        try FileManager.default.createDirectory(atPath: folder + "/app", withIntermediateDirectories: true)
        try app.write(toFile: folder + "/app/app.lua", atomically: false, encoding: .utf8)
        let port = try Loopback.freePort()
        let command = [
            try OwnBinary.path(), "run", folder + "/app", "--data", folder + "/data",
            "--listen", "127.0.0.1:\(port)", "--log-level", "error",
        ]
        let process = try ChildProcess(command, output: folder + "/out", errors: folder + "/err")
        try await leftovers.withProcess(process, endedBy: SIGTERM) { process in
            try Loopback.waitUntilListening(port: port, process)
            try await body(Running(port: port, pid: process.pid))
        }
    }
}

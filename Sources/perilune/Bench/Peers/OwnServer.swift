import Foundation

/// Our own host as a process, driven over HTTP as any client would.
struct OwnServer: Peer {
    let condition: AppendCase.Condition

    let name = "perilune"
    let remarks = ""

    /// The smallest app: nothing reacts to the events, as nothing does in the peers.
    private static let app = #"aggregate "bench" { commands = {}, events = {} }"#

    func serving(
        from folder: String,
        leftovers: Leftovers,
        _ body: ((AppendCase) throws -> any AppendLoad) async throws -> Void
    ) async throws {
        try await Self.serving(Self.app, from: folder, leftovers: leftovers) { port in
            try await body { work in
                try SocketLoad(work, port: port) { client in
                    HTTPConversation(work, client: client, condition: condition)
                }
            }
        }
    }

    /// Serves an app, whose only file is given, while `body` runs with the port.
    static func serving(
        _ app: String,
        from folder: String,
        leftovers: Leftovers,
        _ body: (Int) async throws -> Void
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
            try await body(port)
        }
    }
}

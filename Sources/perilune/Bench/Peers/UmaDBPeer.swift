import Foundation

/// UmaDB, an event store with the same kind of condition as our queries by tag, driven by its own client.
struct UmaDBPeer: Peer {
    private let server: String
    private let interpreter: String

    let name = "umadb"
    let condition = AppendCase.Condition.tag
    let remarks =
        "gRPC by its Python client (Rust inside), in up to 2 processes, whose own cost bounds it; "
        + "both sides append under \"no event with this tag since\""

    /// The peer, when the script that starts its server is there, and so the package that it came with.
    static func installed() -> UmaDBPeer? {
        guard let server = InstalledProgram.path("umadb"), let interpreter = interpreter(of: server) else {
            return nil
        }
        return UmaDBPeer(server: server, interpreter: interpreter)
    }

    /// The Python that the package is installed for: the one beside the script, or that of its first line.
    private static func interpreter(of script: String) -> String? {
        let beside = URL(fileURLWithPath: script).deletingLastPathComponent().path
        if let python = InstalledProgram.path("python3", besides: [beside]), python.hasPrefix(beside + "/") {
            return python
        }
        // A binary of the same name has no first line, and comes without the Python package.
        guard let text = try? String(contentsOfFile: script, encoding: .utf8), text.hasPrefix("#!/") else {
            return nil
        }
        return text.split(separator: "\n").first.map { $0.dropFirst(2).trimmingCharacters(in: .whitespaces) }
    }

    func serving(
        from folder: String,
        leftovers: Leftovers,
        _ body: ((AppendCase) throws -> any AppendLoad) async throws -> Void
    ) async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let port = try Loopback.freePort()
        let command = [server, "--listen", "127.0.0.1:\(port)", "--db-path", folder + "/events.db"]
        let process = try ChildProcess(command, output: folder + "/err", errors: folder + "/err")
        try await leftovers.withProcess(process, endedBy: SIGTERM) { process in
            try Loopback.waitUntilListening(port: port, process)
            let script = folder + "/append.py"
            try UmaDBLoad.script.write(toFile: script, atomically: false, encoding: .utf8)
            let client = [interpreter, script, "http://127.0.0.1:\(port)"]
            try await body { UmaDBLoad(command: client, folder: folder, work: $0) }
        }
    }
}

import Foundation

/// PostgreSQL with a table of events, flushed at every commit, driven by its own `pgbench`.
struct PostgreSQLPeer: Peer {
    private let folder: String

    let name = "postgresql"
    let condition = AppendCase.Condition.revision
    let remarks =
        "prepared INSERT over TCP by pgbench (C), synchronous_commit on; a unique index refuses a "
        + "repeated revision, not a gap; positions from a sequence, neither gapless nor in order of commit"

    /// Programs that the peer is made of.
    private static let programs = ["postgres", "initdb", "pgbench"]

    /// Where Debian keeps what its users rarely call by hand.
    private static let debianFolder = "/usr/lib/postgresql/15/bin"

    /// One connection for each client of the largest case, and some for the server itself.
    private static let connectionsMax = 300

    private static let schema = """
        CREATE TABLE events (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stream text NOT NULL, \
        revision bigint NOT NULL, type text NOT NULL, data json NOT NULL, UNIQUE (stream, revision));
        """

    /// The peer, when its server and its load generator are there.
    static func installed() -> PostgreSQLPeer? {
        let server = InstalledProgram.path("postgres", besides: [debianFolder])
        guard let server else { return nil }
        // A link may stand alone in PATH; the programs stand beside what it leads to.
        let folder = URL(fileURLWithPath: server).resolvingSymlinksInPath().deletingLastPathComponent().path
        let all = programs.allSatisfy { FileManager.default.isExecutableFile(atPath: folder + "/" + $0) }
        return all ? PostgreSQLPeer(folder: folder) : nil
    }

    func serving(
        from folder: String,
        leftovers: Leftovers,
        _ body: ((AppendCase) throws -> any AppendLoad) async throws -> Void
    ) async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let account = try ServerAccount.unprivileged()
        try account.own(folder)
        let data = folder + "/data"
        let errors = folder + "/err"
        let make = [
            self.folder + "/initdb", "--pgdata", data, "--username", "bench", "--auth", "trust",
            "--encoding", "UTF8", "--locale", "C", "--no-sync",
        ]
        _ = try ChildProcess(account.command(make), errors: errors).rest()
        let port = try Loopback.freePort()
        let process = try ChildProcess(
            account.command(serverCommand(data, port)),
            output: errors,
            errors: errors
        )
        // SIGINT is its fast shutdown: it doesn't wait for clients.
        try await leftovers.withProcess(process, endedBy: SIGINT) { process in
            try Loopback.waitUntilListening(port: port, process)
            try await prepare(folder, port, process)
            try await body { work in
                PGBenchLoad(program: self.folder + "/pgbench", folder: folder, port: port, work: work)
            }
        }
    }

    private func serverCommand(_ data: String, _ port: Int) -> [String] {
        let settings = [
            "listen_addresses=127.0.0.1", "port=\(port)", "unix_socket_directories=", "fsync=on",
            "synchronous_commit=on", "max_connections=\(Self.connectionsMax)", "shared_buffers=256MB",
            "max_wal_size=4GB",
        ]
        return [folder + "/postgres", "-D", data] + settings.flatMap { ["-c", $0] }
    }

    /// Makes the table; the server may listen a moment before it takes statements.
    private func prepare(_ folder: String, _ port: Int, _ process: ChildProcess) async throws {
        try Self.schema.write(toFile: folder + "/schema.sql", atomically: false, encoding: .utf8)
        let command = PGBenchLoad.command(
            self.folder + "/pgbench",
            port,
            ["-t", "1", "-f", folder + "/schema.sql"]
        )
        var attempts = 0
        while true {
            do {
                _ = try ChildProcess(command, errors: folder + "/schema.err").rest()
                return
            } catch let error as BenchError {
                attempts += 1
                guard attempts < 100, !process.hasEnded else { throw error }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }
}

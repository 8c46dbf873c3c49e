import Foundation

/// A running `perilune run`, on one port and one data folder through all its lives.
actor HostProcess {
    nonisolated let app: String
    nonisolated let data: String
    nonisolated let port: Int
    nonisolated let folder: TemporaryFolder
    private nonisolated let log: String
    private var process: ChildProcess?

    init(app: String, folder: TemporaryFolder) throws {
        self.app = app
        self.folder = folder
        port = try FreePort.choose()
        data = folder.path + "/data"
        log = folder.path + "/host.log"
    }

    /// Runs a host for as long as the body takes.
    ///
    /// When the body throws, what the host said is part of the error.
    static func with(
        app: String = Places.ordersApp,
        in folder: TemporaryFolder? = nil,
        _ body: (HostProcess) async throws -> Void
    ) async throws {
        let host = try HostProcess(app: app, folder: try folder ?? TemporaryFolder())
        do {
            try await host.start()
            try await body(host)
        } catch {
            try await host.kill()
            throw StoryFailure("\(error)\n\(host.lastWords)")
        }
        try await host.kill()
    }

    nonisolated var arguments: [String] {
        ["run", app, "--data", data, "--listen", "127.0.0.1:\(port)"]
    }

    nonisolated var url: String { "http://127.0.0.1:\(port)" }

    /// The end of what it said, in all its lives.
    nonisolated var lastWords: String {
        let lines = TemporaryFolder.text(of: log).split(separator: "\n", omittingEmptySubsequences: false)
        return "the host said:\n" + lines.suffix(60).joined(separator: "\n")
    }

    /// The process id; nil while it doesn't run.
    var pid: Int32? { process?.pid }

    /// Starts it, and waits until it is caught up with its log.
    func start() async throws {
        let process = try ChildProcess(try Places.binary(), arguments, output: log, errors: log)
        self.process = process
        let client = HTTPClient(port: port)
        try await Waiting.until("the host to be ready") {
            if let end = await process.poll() {
                throw StoryFailure("the host ended while it started: \(end)")
            }
            do {
                return try await client.send(.get("/readyz")).status == 200
            } catch is ConnectionFailure {
                return false
            }
        }
    }

    /// Finds out that it ended without having been told to: no client gets an answer any more.
    func check() async throws {
        if let end = await process?.poll() { throw StoryFailure("the host ended by itself: \(end)") }
    }

    /// `kill -9`: no last word, no clean-up; returns when the process is gone.
    func kill() async throws {
        _ = try await end(by: SIGKILL)
    }

    /// Sends a signal, and waits for the end.
    func end(by signal: Int32) async throws -> ChildProcess.End? {
        guard let process else { return nil }
        self.process = nil
        await process.send(signal)
        return try await process.ended()
    }
}

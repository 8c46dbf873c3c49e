import Foundation

/// A running `perilune run`, on one port and one data folder through all its lives.
actor HostProcess {
    nonisolated let app: String
    nonisolated let data: String
    nonisolated let port: Int
    nonisolated let folder: TemporaryFolder
    /// Of `perilune run`, beside those that every host here is started with.
    private nonisolated let options: [String]
    private nonisolated let log: String
    private var process: ChildProcess?
    /// Whether this life is to end at a fail point.
    private var isArmed = false

    init(app: String, folder: TemporaryFolder, options: [String] = []) throws {
        self.app = app
        self.options = options
        self.folder = folder
        port = try FreePort.choose()
        data = folder.path + "/data"
        log = folder.path + "/host.log"
    }

    /// Runs a host for as long as the body takes.
    ///
    /// With a fail point its first life ends there, and the body doesn't find it ready. When the body throws,
    /// what the host said is part of the error.
    static func with(
        app: String = Places.ordersApp,
        in folder: TemporaryFolder? = nil,
        failPoint: String? = nil,
        options: [String] = [],
        _ body: (HostProcess) async throws -> Void
    ) async throws {
        let host = try HostProcess(app: app, folder: try folder ?? TemporaryFolder(), options: options)
        do {
            if let failPoint { try await host.launch(failPoint: failPoint) } else { try await host.start() }
            try await body(host)
        } catch {
            try await host.kill()
            throw StoryFailure("\(error)\n\(host.lastWords)")
        }
        try await host.kill()
    }

    nonisolated var arguments: [String] {
        ["run", app, "--data", data, "--listen", "127.0.0.1:\(port)"] + options
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
        try launch(failPoint: nil)
        try await untilReady()
    }

    /// Starts it, to die by itself when it comes to a fail point, which may be before it is ready.
    func launch(failPoint: String?) throws {
        isArmed = failPoint != nil
        process = try ChildProcess(
            try Places.binary(),
            arguments,
            environment: failPoint.map { ["PERILUNE_FAIL_POINT=\($0)"] } ?? [],
            output: log,
            errors: log
        )
    }

    /// Waits until it is caught up with its log.
    func untilReady() async throws {
        let client = HTTPClient(port: port)
        let process = process
        try await Waiting.until("the host to be ready") {
            if let end = await process?.poll() {
                throw StoryFailure("the host ended while it started: \(end)")
            }
            do {
                return try await client.send(.get("/readyz")).status == 200
            } catch is ConnectionFailure {
                return false
            }
        }
    }

    /// Waits until it has died at its fail point; false when it is caught up with its log without having come
    /// there.
    func diesBeforeItIsReady() async throws -> Bool {
        let client = HTTPClient(port: port)
        guard let process else { return false }
        return try await Waiting.value("the host to die or to be ready") {
            if let end = await process.poll() {
                guard end == .signal(SIGKILL) else { throw StoryFailure("it didn't die there: \(end)") }
                return true
            }
            do {
                return try await client.send(.get("/readyz")).status == 200 ? false : nil
            } catch is ConnectionFailure {
                return nil
            }
        }
    }

    /// Waits until it has died at its fail point; false when the story ends that life before.
    @discardableResult
    func untilDead() async throws -> Bool {
        guard let armed = process else { return false }
        let end = try await armed.ended()
        guard process === armed else { return false }
        guard end == .signal(SIGKILL) else { throw StoryFailure("it didn't die at its fail point: \(end)") }
        return true
    }

    /// Waits until it has died at its fail point, and starts it again without one; false when the story ends
    /// that life before.
    func revived() async throws -> Bool {
        guard try await untilDead() else { return false }
        try await start()
        return true
    }

    /// Ends a life that hasn't come to its fail point.
    func killIfArmed() async throws {
        if isArmed { try await kill() }
    }

    /// Finds out that it ended without having been told to: no client gets an answer any more.
    func check() async throws {
        if !isArmed, let end = await process?.poll() {
            throw StoryFailure("the host ended by itself: \(end)")
        }
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

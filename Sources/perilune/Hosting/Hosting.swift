import EventLog
import Logging
import Runtime
import Server
import ServiceLifecycle
import UnixSignals

/// One life of a host: log, app, processors and API, opened in this order and closed in the other.
///
/// Called by `perilune run`, and by nothing else.
struct Hosting {
    let app: String
    let data: String
    let address: ListenAddress
    let isWatching: Bool
    let logLevel: Logger.Level

    /// Seconds that running requests and steps get when the host is told to stop; after that they are cut
    /// off, which a log that survives a kill at any moment survives too.
    private static let stopSecondsMax = 10

    /// Runs until a signal or a failure ends it.
    ///
    /// - Throws: `RuntimeError`, `EventLogError` or `ServerError` that kept it from starting or going on.
    func run() async throws {
        // Before the files are read, so that nothing is missed that is saved meanwhile.
        let watch = isWatching ? FolderWatch(app) : nil
        let scripts = try ScriptSet(folder: app)
        guard address.isLoopback else { throw ServerError.tokensRequired(address) }
        OpenFiles.raiseLimit()
        let log = try await DiskLog.open(folder: data, logger: logger("perilune.log", at: logLevel))
        do {
            try await serve(scripts, over: log, watch)
        } catch {
            // The first error is the one to tell; a log that can't be closed has said why before.
            try? await log.close()
            throw error
        }
        try await log.close()
    }

    /// Where a data folder has its read models.
    static func readModelFolder(in data: String) -> String { data + "/read" }

    private func serve(_ scripts: ScriptSet, over log: DiskLog, _ watch: FolderWatch?) async throws {
        let caller = OutboundCaller(userAgent: "perilune/\(Versions.perilune)")
        do {
            try await serve(scripts, over: log, calling: caller.calls, watch)
        } catch {
            await caller.close()
            throw error
        }
        await caller.close()
    }

    private func serve(
        _ scripts: ScriptSet,
        over log: DiskLog,
        calling calls: OutboundCalls,
        _ watch: FolderWatch?
    ) async throws {
        var options = HostOptions(logger: logger("perilune", at: logLevel), calls: calls)
        options.runningStepsFile = data + "/running-steps"
        let host = try await Host.start(
            scripts,
            log: log,
            readModelFolder: Self.readModelFolder(in: data),
            options: options
        )
        await tell(about: host.scripts, log, host)
        // What the HTTP library tells at `info` is told below in our words.
        let quiet = logLevel == .info ? Logger.Level.notice : logLevel
        let server = APIServer(
            host: host,
            options: ServerOptions(address: address, logger: logger("perilune.server", at: quiet))
        )
        var services: [any Service] = [ListeningServer(server: server)]
        if let watch { services.append(AppWatch(host: host, watch: watch)) }
        var group = ServiceGroupConfiguration(
            services: services,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger("perilune.services", at: quiet)
        )
        group.maximumGracefulShutdownDuration = .seconds(Self.stopSecondsMax)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch {
            await host.stop()
            throw error
        }
        await host.stop()
        Console.standardOutput.line("stopped")
    }

    private func tell(about scripts: ScriptSet, _ log: DiskLog, _ host: Host) async {
        Console.standardOutput.line("app      \(scripts.name), scripts \(scripts.hash)")
        Console.standardOutput.line("log      \(data): \(log.recovery)")
        if isWatching { Console.standardOutput.line("watches  \(app): what is saved goes live") }
        for line in await host.startReport() {
            let room = String(repeating: " ", count: max(1, 9 - line.about.count))
            Console.standardOutput.line(line.about + room + line.text)
        }
    }

    private func logger(_ label: String, at level: Logger.Level) -> Logger {
        var logger = Logger(label: label)
        logger.logLevel = level
        return logger
    }
}

/// The API as a service that says where it listens once it does.
private struct ListeningServer: Service {
    let server: APIServer

    func run() async throws {
        try await server.run { address in
            Console.standardOutput.line("listens  http://\(address) (Ctrl-C stops it)")
        }
    }
}

import ArgumentParser
import EventLog
import Foundation
import Logging
import Runtime
import Server

/// `perilune run`: hosts an app until it is told to stop.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Hosts an app: opens its log, starts its processors, and serves the HTTP API.",
        discussion: """
            Ctrl-C or SIGTERM stops it: running steps finish, the log is closed, the exit code is 0. It \
            can also be killed at any moment; what was acknowledged is there when it starts again.

            On a terminal it watches the folder: what is saved goes live, if it passes its checks, and steps \
            that run finish on what was live before.

            Example: perilune run scripts/examples/orders --data /var/lib/orders --listen 127.0.0.1:7071
            """
    )

    @Argument(help: "The app's folder, which holds app.lua.")
    var app: String

    @Option(help: "The data folder; without it, ./data/ and the name of the app's folder.")
    var data: String?

    @Option(help: "Where to listen, as HOST:PORT.")
    var listen = ListenAddress.standard

    @Flag(
        inversion: .prefixedNo,
        help: "Publish what is saved in the app's folder; without a choice, on a terminal only."
    )
    var watch: Bool?

    @Option(name: .customLong("log-level"), help: "What the host writes to standard error.")
    var logLevel = Logger.Level.info

    func run() async throws {
        LoggingSystem.bootstrap { label in StreamLogHandler.standardError(label: label) }
        if let fault = FailPoint.fault {
            throw FailureText.report("unknown-fail-point", fault, hint: "see perilune doctor --fail-points")
        }
        do {
            let name = URL(fileURLWithPath: app, isDirectory: true).standardizedFileURL.lastPathComponent
            let hosting = Hosting(
                app: app,
                data: data ?? "data/" + name,
                address: listen,
                isWatching: watch ?? Console.standardOutput.isTerminal,
                logLevel: logLevel
            )
            try await hosting.run()
        } catch let error as RuntimeError {
            throw FailureText.report(error.code, error.description, hint: error.hint)
        } catch let error as EventLogError {
            throw FailureText.report(error.code, error.description, hint: error.hint)
        } catch let error as ServerError {
            throw FailureText.report(error.code, error.description, hint: error.hint)
        }
    }
}

extension ListenAddress: ExpressibleByArgument {
    /// Reads HOST:PORT; ArgumentParser reports nil as a wrong command line.
    public init?(argument: String) {
        // The reason is in the usage that ArgumentParser prints for nil.
        guard let address = try? ListenAddress(argument) else { return nil }
        self = address
    }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}

import ArgumentParser
import EventLog
import Runtime
import Server

/// `perilune restore`: makes a data folder of a backup, as it is or as it was.
struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Makes a data folder of a backup: all of it, or the log as it was at a position or a time.",
        discussion: """
            The data folder must be new or empty. Frames are checked while they are copied, and are kept \
            whole or not at all. A restore that is broken off leaves a folder that no host opens; run it \
            again. Read models are built again by the host.

            Example: perilune restore /backup/orders data/orders --to 2026-08-01T09:30:00Z
            """
    )

    @Argument(help: "The backup, or any data folder that no host uses.")
    var backup: String

    @Argument(help: "The data folder that is made.")
    var data: String

    @Option(
        help: "The last position, the last moment, or how long ago it was: 1234, 2026-08-01T09:30:00Z, 15m."
    )
    var to: RestorePoint?

    @Flag(help: "Print JSON for machines instead of text for people.")
    var json = false

    func run() async throws {
        let bar = ProgressBar("restore")
        defer { bar.clear() }
        let report = try await FailureText.reporting(json: json) {
            try LogRestore.run(from: backup, to: data, point: to ?? .end, progress: bar.progress)
        }
        bar.clear()
        show(report)
    }

    private func show(_ report: RestoreReport) {
        let time = report.lastTime.map(TimeText.format)
        if json {
            let members: [String: JSONValue] = [
                "position": .number(report.lastPosition), "time": time.map { .string($0) } ?? .null,
                "segments": .number(report.segments), "bytes": .number(report.bytes),
                "torn_bytes": .number(report.tornBytes),
                "manifest_fault": report.manifestFault.map { .string($0) } ?? .null,
            ]
            return Console.standardOutput.line(JSONText.compact(.object(members)))
        }
        let moment = time.map { ", as of " + $0 } ?? ", which is before its first event"
        Console.standardOutput.line(
            "\(data) holds the log up to position \(report.lastPosition)\(moment): "
                + "\(ByteText.text(report.bytes)) in \(ByteText.count(report.segments, "segment"))"
        )
        if report.tornBytes > 0 {
            Console.standardOutput.line("left out \(report.tornBytes) bytes of a write that was cut short")
        }
        if let fault = report.manifestFault {
            let list = "\(backup)/MANIFEST can't be read (\(fault))"
            Console.standardOutput.line("\(list): segments may be missing at the end")
        }
    }
}

extension RestorePoint: ExpressibleByArgument {
    /// Reads a position, a time or a duration; ArgumentParser reports nil as a wrong command line.
    public init?(argument: String) {
        if let position = Position(argument) {
            self = .position(position)
        } else if let time = TimeText.parse(argument) {
            self = .time(time)
        } else if let microseconds = DurationText.microseconds(argument) {
            self = .time(LogClock.system() - microseconds)
        } else {
            return nil
        }
    }
}

import Foundation

/// Starts probes of a log, each in a process of its own, and reads what they found.
struct LogProbeProcess {
    let folder: BenchFolder
    let leftovers: Leftovers

    /// How a probe lets go of the log.
    enum Ending {
        /// In order.
        case closed

        /// By `kill -9`, with the log open and everything acknowledged.
        case killed
    }

    /// Opens the log of the folder in a fresh process, and ends that.
    func run(append: Int = 0, read: Bool = false, ending: Ending) async throws -> LogProbe.Report {
        let data = folder.path + "/data"
        var command = [try OwnBinary.path(), LogProbeCommand.name, data, "--append", "\(append)"]
        if read { command.append("--read") }
        let process = try ChildProcess(command, errors: folder.path + "/probe.err")
        return try await leftovers.withProcess(process, endedBy: SIGKILL) { process in
            let line = try process.line()
            switch ending {
            case .killed:
                process.send(SIGKILL)
                process.wait()
            case .closed:
                process.finishInput()
                guard process.wait().code == 0 else {
                    throw BenchError("a log can't be closed: \(process.lastWords)")
                }
            }
            return try JSONDecoder().decode(LogProbe.Report.self, from: Data(line.utf8))
        }
    }
}

import EventLog
import Logging

/// The suite `log`: what is durable, against the limits of the disk and the processor in the same run.
struct LogBench {
    let quick: Bool
    let leftovers: Leftovers

    /// Shorter than that of other suites in a quick run, since this suite has many numbers.
    private var plan: Rounds.Plan {
        quick ? Rounds.Plan(count: 3, turn: .milliseconds(600)) : Rounds.Plan(quick: false)
    }

    /// Measures, and shows each number once it is there.
    func run(_ show: (BenchResult) -> Void) async throws {
        let append = AppendBench(plan: plan)
        try await withLog("append-1") { log, folder in
            let loop = try await CommitLoop(log, try AppendBench.frames(of: 1), in: folder)
            show(try await append.oneCaller("append-1-per-flush", loop))
            show(try await append.manyWriters("append-64-writers", loop))
        }
        try await withLog("append-100") { log, folder in
            let loop = try await CommitLoop(log, try AppendBench.frames(of: 100), in: folder)
            show(try await append.oneCaller("append-100-per-commit", loop))
            show(try await append.processorTime("append-cpu-per-million", loop))
        }
        try await LargeLogBench(quick: quick, plan: plan, leftovers: leftovers).run(show)
    }

    private func withLog(
        _ name: String,
        _ body: (DiskLog, BenchFolder) async throws -> Void
    ) async throws {
        try await leftovers.withFolder(name) { folder in
            let log = try await DiskLog.open(folder: folder.path + "/data", logger: Logger(label: "bench"))
            try await body(log, folder)
            try await log.close()
        }
    }
}

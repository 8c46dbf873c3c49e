import EventLog
import Logging
import Runtime

/// The suite `pipeline`: the host's whole path, from events on the disk to their effects on the disk.
struct PipelineBench {
    let quick: Bool

    /// Events in one frame while the log is being filled.
    private static let fillFrame = 500

    func run() async throws -> [BenchResult] {
        let plan = Rounds.Plan(quick: quick)
        let events = quick ? 100_000 : 500_000
        var rounds = Rounds()
        for round in 0..<plan.count {
            let alone = try await LuaBench.pipeline(Rounds.Plan(quick: true)).median
            rounds.add(try await exactlyOnce(events, round: round), baseline: alone)
        }
        return [
            BenchResult(
                name: "pipeline-exactly-once",
                value: rounds.median,
                unit: "events/s",
                baseline: "lua-pipeline",
                baselineValue: rounds.baselineMedian,
                note: "\(events) events through one handler, each with its effect and mark in one frame, all "
                    + "flushed; \(rounds.spread)"
            )
        ]
    }

    /// Fills a log, starts a host on it, and waits until the handler has emitted an event for each.
    private func exactlyOnce(_ events: Int, round: Int) async throws -> Double {
        try await BenchFolder.with("pipeline-\(round)") { folder in
            let log = try await DiskLog.open(folder: folder.path, logger: Logger(label: "bench"))
            for first in stride(from: 0, to: events, by: Self.fillFrame) {
                let frame = try (first..<min(first + Self.fillFrame, events)).map(SampleEvents.event)
                _ = try await log.commit(NewFrame(events: frame))
            }
            let filled = log.lastPosition
            let clock = ContinuousClock()
            let start = clock.now
            var options = HostOptions()
            options.logger.logLevel = .error
            let host = try await Host.start(
                try Self.scripts(),
                log: log,
                readModelFolder: nil,
                options: options
            )
            // Each wait ends with the next commit, so this costs one wake-up for each frame.
            while log.lastPosition < filled + UInt64(events) {
                try await log.waitForEvent(after: log.lastPosition)
            }
            let seconds = Rounds.seconds(start.duration(to: clock.now))
            await host.stop()
            try await log.close()
            return Double(events) / seconds
        }
    }

    private static func scripts() throws -> ScriptSet {
        let script = """
            handler "count" { on = "in.OrderPlaced", run = function(e)
            \(SampleEvents.handler)
            end }
            """
        return try ScriptSet(name: "bench", files: ["app.lua": Array(script.utf8)])
    }
}

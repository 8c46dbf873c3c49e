import EventLog
import Runtime

/// `pipeline-exactly-once`: how fast a handler works off a log that is full of events.
struct ThroughputBench {
    let quick: Bool
    let leftovers: Leftovers

    /// What the design promises, on two cores at 200 bytes.
    private static let eventsMin = 250_000.0

    /// How long the raw disk has its turn.
    private static let rawTurn = Duration.milliseconds(300)

    /// What one run saw.
    private struct Run {
        let rate: Double

        /// Events a second that the same bytes allow, written in frames of the same size.
        let diskRate: Double

        /// Of effects with their marks.
        let frameBytes: Int
    }

    /// Events that the log is full of.
    static func events(quick: Bool) -> Int { quick ? 100_000 : 500_000 }

    func run() async throws -> BenchResult {
        let plan = Rounds.Plan(quick: quick)
        let events = Self.events(quick: quick)
        var rounds = Rounds()
        var runs: [Run] = []
        for round in 0..<plan.count {
            let alone = try await LuaBench.pipeline(Rounds.Plan(count: 1, turn: .seconds(1))).median
            let run = try await leftovers.withFolder("pipeline-\(round)") {
                try await measure(events, in: $0)
            }
            rounds.add(run.rate, baseline: alone)
            runs.append(run)
        }
        let frame = Int(Rounds.median(runs.map { Double($0.frameBytes) }))
        let disk = Int(Rounds.median(runs.map(\.diskRate)))
        return BenchResult(
            name: "pipeline-exactly-once",
            value: rounds.median,
            unit: "events/s",
            baseline: "lua-pipeline",
            baselineValue: rounds.baselineMedian,
            note: "\(events) events through one handler, each with its effect and mark in one frame, all "
                + "flushed; the disk alone, by pwrite+fdatasync of \(frame) bytes a frame: \(disk) events/s; "
                + rounds.spread,
            target: .value(atLeast: Self.eventsMin)
        )
    }

    /// Events a second from a log that is full of them to their effects on the disk.
    static func rate(_ events: Int, in folder: BenchFolder) async throws -> Double {
        let app = try await CountingApp(in: folder, events: events)
        let rate = try await rate(events, app)
        try await app.log.close()
        return rate
    }

    /// Starts a host, and waits until its handler has emitted an event for each.
    private static func rate(_ events: Int, _ app: CountingApp) async throws -> Double {
        let filled = app.log.lastPosition
        let clock = ContinuousClock()
        let start = clock.now
        let host = try await app.start()
        // Each wait ends with the next commit, so this costs one wake-up for each frame.
        while app.log.lastPosition < filled + UInt64(events) {
            try await app.log.waitForEvent(after: app.log.lastPosition)
        }
        let seconds = Rounds.seconds(start.duration(to: clock.now))
        await host.stop()
        return Double(events) / seconds
    }

    private func measure(_ events: Int, in folder: BenchFolder) async throws -> Run {
        let app = try await CountingApp(in: folder, events: events)
        let filled = app.log.lastPosition
        let files = folder.path + "/log"
        let before = try SegmentBytes.total(in: files)
        let rate = try await Self.rate(events, app)
        let bytes = try SegmentBytes.total(in: files) - before
        let frames = try frames(of: app.log, after: filled)
        try await app.log.close()
        let same = (0..<bytes / frames).map { UInt8(truncatingIfNeeded: $0 &* 31) | 1 }
        let raw = try RawFile(path: folder.path + "/raw")
        let diskRate = try await Rounds.rate(for: Self.rawTurn) {
            try raw.append(same)
            return events / frames
        }
        return Run(rate: rate, diskRate: diskRate, frameBytes: same.count)
    }

    /// How many frames the effects came in: those of one frame have the same time.
    private func frames(of log: DiskLog, after position: Position) throws -> Int {
        var frames = 0
        var time: LogTime?
        var request = ReadRequest(CountingApp.effects, after: position)
        while true {
            let page = try log.read(request)
            for event in page.events where event.time != time {
                time = event.time
                frames += 1
            }
            guard !page.reachedEnd else { return max(1, frames) }
            request.after = page.scannedTo
        }
    }
}

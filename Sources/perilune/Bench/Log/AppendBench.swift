import EventLog

/// Appends: one caller, many writers, and the processor time that they take.
struct AppendBench {
    let plan: Rounds.Plan

    /// Callers of `append-64-writers`, each of which waits for its own commit.
    private static let writers = 64

    /// Frames that are committed in turns.
    private static let frameCount = 200

    /// What the design promises: nearly all that the disk can flush.
    private static let shareOfDisk = BenchTarget.share(atLeast: 0.8)

    /// Frames over the 10,000 streams of the suites.
    static func frames(of eventsPerCommit: Int) throws -> [NewFrame] {
        try (0..<frameCount).map { frame in
            NewFrame(
                events: try (0..<eventsPerCommit).map { event in
                    try SampleEvents.event(frame * eventsPerCommit + event)
                }
            )
        }
    }

    /// One caller that waits for each commit, in turns with the raw file.
    func oneCaller(
        _ name: String,
        _ loop: CommitLoop,
        streams: String = "10,000 streams"
    ) async throws -> BenchResult {
        var rounds = Rounds()
        for round in 0..<plan.count {
            let limit = try await loop.limit(for: plan.turn)
            rounds.add(try await loop.rate(for: plan.turn, from: round * 37), baseline: limit)
        }
        return BenchResult(
            name: name,
            value: rounds.median,
            unit: "events/s",
            baseline: "raw pwrite+fdatasync",
            baselineValue: rounds.baselineMedian,
            note: "one caller, \(streams), \(loop.bytes) bytes a commit, \(rounds.spread)",
            target: Self.shareOfDisk
        )
    }

    /// Callers beside each other, whose commits share flushes; the raw file has one writer all the same.
    func manyWriters(_ name: String, _ loop: CommitLoop) async throws -> BenchResult {
        var rounds = Rounds()
        for _ in 0..<plan.count {
            let limit = try await loop.limit(for: plan.turn)
            rounds.add(try await loop.rate(ofWriters: Self.writers, for: plan.turn), baseline: limit)
        }
        return BenchResult(
            name: name,
            value: rounds.median,
            unit: "events/s",
            baseline: "raw pwrite+fdatasync of one commit at a time",
            baselineValue: rounds.baselineMedian,
            note: "\(Self.writers) tasks, each commits one event and waits, \(rounds.spread)"
        )
    }

    /// CPU seconds of the whole process for a million events, user and kernel.
    func processorTime(_ name: String, _ loop: CommitLoop) async throws -> BenchResult {
        var rounds = Rounds()
        for round in 0..<plan.count {
            let floor = try await cpuPerMillion { try await loop.floor(for: plan.turn) }
            rounds.add(
                try await cpuPerMillion { try await loop.rate(for: plan.turn, from: round * 37) },
                baseline: floor
            )
        }
        return BenchResult(
            name: name,
            value: rounds.median,
            unit: "s",
            baseline: "CPU of memcpy, CRC32C, pwrite and fdatasync of the same bytes",
            baselineValue: rounds.baselineMedian,
            note: "lower is better; CPU seconds of the process, user and kernel, for a million events at "
                + "\(loop.eventsPerCommit) a commit, \(rounds.spread)",
            target: .value(atMost: 1.5)
        )
    }

    private func cpuPerMillion(_ work: () async throws -> Double) async throws -> Double {
        let before = ProcessUse.cpuSeconds()
        let clock = ContinuousClock()
        let start = clock.now
        let rate = try await work()
        let events = rate * Rounds.seconds(start.duration(to: clock.now))
        return (ProcessUse.cpuSeconds() - before) / events * 1e6
    }
}

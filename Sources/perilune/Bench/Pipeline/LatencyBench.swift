import EventLog
import Runtime

/// `pipeline-latency-p50` and `-p99`: how long after an event was to be appended its effect is durable and
/// seen by a reader.
///
/// Events are paced, and none waits for the one before it: their time counts from when they were due, so that
/// a host which stalls for a while is charged for every event that fell into the stall.
struct LatencyBench {
    let quick: Bool
    let leftovers: Leftovers

    private static let interval = Duration.milliseconds(1)

    /// Events before those that count: the first ones make what later ones find.
    private static let warmUp = 500

    /// Bytes of a raw flush, about those of one event with what a log keeps of it.
    private static let rawBytes = [UInt8](repeating: 1, count: 300)

    /// An effect takes two flushes, and can't be faster than they: then these waited for a processor.
    private static let doubt = "faster than its flushes: the machine was busy, DON'T TRUST this ratio"

    /// Microseconds by event.
    private struct Turn: Sendable {
        var latencies: [Double] = []

        /// How late the events were sent.
        var delays: [Double] = []
    }

    private var plan: Rounds.Plan {
        Rounds.Plan(count: quick ? 3 : 5, turn: quick ? .seconds(2) : .seconds(8))
    }

    private var eventsOfTurn: Int { Self.warmUp + Int(plan.turn / Self.interval) }

    func run(_ show: (BenchResult) -> Void) async throws {
        var (middle, slow) = (Rounds(), Rounds())
        var delays: [Double] = []
        try await leftovers.withFolder("latency") { folder in
            let raw = try RawFile(path: folder.path + "/raw")
            let app = try await CountingApp(in: folder, events: 0)
            let host = try await app.start()
            for round in 0..<plan.count {
                let flushes = try await twoFlushes(raw)
                let turn = try await measure(app.log, from: round * eventsOfTurn)
                let counted = Array(turn.latencies[Self.warmUp...])
                middle.add(Rounds.quantile(0.5, of: counted), baseline: Rounds.quantile(0.5, of: flushes))
                slow.add(Rounds.quantile(0.99, of: counted), baseline: Rounds.quantile(0.99, of: flushes))
                delays += turn.delays
            }
            await host.stop()
            try await app.log.close()
        }
        let delay = Int(Rounds.median(delays))
        show(result("p50", middle, delay: delay))
        show(result("p99", slow, delay: delay))
    }

    private func result(_ name: String, _ rounds: Rounds, delay: Int) -> BenchResult {
        BenchResult(
            name: "pipeline-latency-" + name,
            value: rounds.median,
            unit: "µs",
            baseline: "\(name) of two raw flushes one after the other",
            baselineValue: rounds.baselineMedian,
            note: "lower is better; from when an event was due to be appended until a subscription has its "
                + "effect, 1,000 events a second in commits of their own, whatever the ones before them do; "
                + "of it \(delay) µs (p50) are the bench's, whose timer is late; \(rounds.spread)"
                + (rounds.median < rounds.baselineMedian ? "; \(Self.doubt)" : "")
        )
    }

    private func twoFlushes(_ raw: RawFile) async throws -> [Double] {
        let clock = ContinuousClock()
        var times: [Double] = []
        // An eighth of the turn: these are faster than the events, and so soon enough.
        _ = try await Rounds.rate(for: plan.turn / 8) {
            let start = clock.now
            try raw.append(Self.rawBytes)
            try raw.append(Self.rawBytes)
            times.append(Self.microseconds(start.duration(to: clock.now)))
            return 1
        }
        return times
    }

    private func measure(_ log: DiskLog, from first: Int) async throws -> Turn {
        let frames = try (first..<first + eventsOfTurn).map { NewFrame(events: [try SampleEvents.event($0)]) }
        let effects = Subscription(log: log, filter: CountingApp.effects, after: log.lastPosition)
        // The tasks below are there before the first event is due.
        let start = ContinuousClock.now.advanced(by: .milliseconds(20))
        return try await withThrowingTaskGroup(of: Turn.self) { group in
            group.addTask { Turn(delays: try await Self.append(frames, to: log, from: start)) }
            group.addTask {
                Turn(latencies: try await Self.latencies(of: frames.count, effects, first: first, start))
            }
            return try await group.reduce(into: Turn()) { turn, part in
                turn.latencies += part.latencies
                turn.delays += part.delays
            }
        }
    }

    /// Commits each frame when it is due, beside those that are still under way.
    private static func append(
        _ frames: [NewFrame],
        to log: DiskLog,
        from start: ContinuousClock.Instant
    ) async throws -> [Double] {
        let clock = ContinuousClock()
        return try await withThrowingDiscardingTaskGroup { group in
            var delays: [Double] = []
            for (number, frame) in frames.enumerated() {
                let due = start.advanced(by: interval * number)
                try await clock.sleep(until: due, tolerance: .zero)
                delays.append(microseconds(due.duration(to: clock.now)))
                group.addTask { _ = try await log.commit(frame) }
            }
            return delays
        }
    }

    /// Waits for the effects, each of which names its event by the number of the order.
    private static func latencies(
        of count: Int,
        _ effects: Subscription,
        first: Int,
        _ start: ContinuousClock.Instant
    ) async throws -> [Double] {
        let clock = ContinuousClock()
        var effects = effects
        var latencies = [Double](repeating: 0, count: count)
        var seen = 0
        while seen < count {
            let page = try await effects.next()
            let now = clock.now
            for event in page.events {
                guard let order = SampleEvents.order(in: event.data), latencies.indices ~= order - first,
                    latencies[order - first] == 0
                else { throw BenchError("the handler emitted something else than one event for each") }
                let due = start.advanced(by: interval * (order - first))
                latencies[order - first] = microseconds(due.duration(to: now))
                seen += 1
            }
        }
        return latencies
    }

    private static func microseconds(_ duration: Duration) -> Double { Rounds.seconds(duration) * 1e6 }
}

import EventLog
import Runtime

/// `pipeline-failing-key`: what a key whose events always fail costs all the others.
struct FailingKeyBench {
    let quick: Bool
    let leftovers: Leftovers

    /// What the design promises: the others are slower by less than a twentieth.
    private static let shareMin = 0.95

    /// One of the keys that the events are spread over.
    private static let key = "77"

    private var events: Int { quick ? 200_000 : 1_000_000 }

    func run() async throws -> BenchResult {
        let plan = Rounds.Plan(quick: quick)
        var rounds = Rounds()
        for round in 0..<plan.count {
            let all = try await rate(failingFor: nil, round)
            rounds.add(try await rate(failingFor: Self.key, round), baseline: all)
        }
        return BenchResult(
            name: "pipeline-failing-key",
            value: rounds.median,
            unit: "events/s",
            baseline: "no key fails",
            baselineValue: rounds.baselineMedian,
            note: "\(events) events of \(SampleEvents.streams) keys, one of which always fails; until the "
                + "effects of the others are durable; the usual retries: 5 tries, some 3 s; \(rounds.spread)",
            target: .share(atLeast: Self.shareMin)
        )
    }

    /// Events a second of the other keys.
    private func rate(failingFor key: String?, _ round: Int) async throws -> Double {
        try await leftovers.withFolder("failing-\(round)") { folder in
            let app = try await CountingApp(in: folder, events: events)
            var effects = Subscription(log: app.log, filter: CountingApp.effects, after: app.log.lastPosition)
            let others = events - events / SampleEvents.streams
            let clock = ContinuousClock()
            let start = clock.now
            let host = try await app.start(failingFor: key)
            var seen = 0
            while seen < others { seen += try await effects.next().events.count }
            let seconds = Rounds.seconds(start.duration(to: clock.now))
            await host.stop()
            try await app.log.close()
            return Double(others) / seconds
        }
    }
}

import EventLog

/// Frames of events at a steady pace, and how long each event waits for its effect.
struct PacedLoad: Sendable {
    let log: DiskLog
    let frameEvents: Int
    let interval: Duration

    /// Commits frames, each when it is due, whatever the ones before it do: microseconds of each event from
    /// then until a subscription has its effect.
    func run(frames count: Int, from first: Int) async throws -> [Double] {
        let frames = try (first..<first + count).map { number in
            NewFrame(events: try (0..<frameEvents).map { try SampleEvents.event(number * frameEvents + $0) })
        }
        let effects = Subscription(log: log, filter: .category("out"), after: log.lastPosition)
        let start = ContinuousClock.now.advanced(by: .milliseconds(20))
        async let latencies = latencies(of: count * frameEvents, effects, first: first * frameEvents, start)
        try await withThrowingDiscardingTaskGroup { group in
            for (number, frame) in frames.enumerated() {
                try await ContinuousClock().sleep(
                    until: start.advanced(by: interval * number),
                    tolerance: .zero
                )
                group.addTask { _ = try await log.commit(frame) }
            }
        }
        return try await latencies
    }

    private func latencies(
        of count: Int,
        _ effects: Subscription,
        first: Int,
        _ start: ContinuousClock.Instant
    ) async throws -> [Double] {
        var effects = effects
        var latencies: [Double] = []
        while latencies.count < count {
            let page = try await effects.next()
            let now = ContinuousClock.now
            for event in page.events {
                guard let order = SampleEvents.order(in: event.data), order >= first else {
                    throw BenchError("an effect is of no event of the load")
                }
                let due = start.advanced(by: interval * ((order - first) / frameEvents))
                latencies.append(Rounds.seconds(due.duration(to: now)) * 1e6)
            }
        }
        return latencies
    }
}

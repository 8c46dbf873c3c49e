import EventLog
import Logging
import Runtime

/// The suite `routing`: what an event costs when many handlers are there, and one wants it.
///
/// The log is in memory, so that nothing but routing differs between the numbers.
struct RoutingBench {
    let quick: Bool

    /// Events in one frame: what a busy producer commits at once.
    private static let frame = 100

    /// Events before the clock starts: every handler has caught up by then.
    private static let warmUp = 2_000

    func run() async throws -> [BenchResult] {
        let events = quick ? 50_000 : 200_000
        let rounds = quick ? 3 : 7
        let counts = [1, 100, 1_000]
        var rates = Array(repeating: [Double](), count: counts.count)
        for _ in 0..<rounds {
            for (place, handlers) in counts.enumerated() {
                rates[place].append(try await rate(of: events, handlers))
            }
        }
        let alone = Rounds.median(rates[0])
        return zip(counts, rates).map { handlers, rates in
            let rate = Rounds.median(rates)
            let more = (1e6 / rate - 1e6 / alone) * 100
            return BenchResult(
                name: handlers == 1 ? "routing-1-handler" : "routing-\(handlers)-handlers",
                value: rate,
                unit: "events/s",
                baseline: "routing-1-handler",
                baselineValue: alone,
                note: "\(events) events to a live host, one handler of \(handlers) wants them and emits one "
                    + "each; \(Double((1e8 / rate).rounded()) / 100) µs an event, "
                    + "\(Double(more.rounded()) / 100) µs more than alone; median of \(rates.count) rounds"
            )
        }
    }

    private func rate(of events: Int, _ handlers: Int) async throws -> Double {
        let log = MemoryLog()
        var options = HostOptions()
        options.logger.logLevel = .error
        let host = try await Host.start(
            try Self.scripts(handlers),
            log: log,
            readModelFolder: nil,
            options: options
        )
        try await process(0..<Self.warmUp, log)
        let clock = ContinuousClock()
        let start = clock.now
        try await process(Self.warmUp..<Self.warmUp + events, log)
        let seconds = Rounds.seconds(start.duration(to: clock.now))
        await host.stop()
        return Double(events) / seconds
    }

    /// Appends events, and returns when as many more were emitted.
    private func process(_ numbers: Range<Int>, _ log: MemoryLog) async throws {
        let end = log.lastPosition + 2 * UInt64(numbers.count)
        for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: Self.frame) {
            let frame = try (first..<min(first + Self.frame, numbers.upperBound)).map(SampleEvents.event)
            _ = try await log.commit(NewFrame(events: frame))
        }
        while log.lastPosition < end { try await log.waitForEvent(after: log.lastPosition) }
    }

    private static func scripts(_ handlers: Int) throws -> ScriptSet {
        let others = (1..<handlers).map { number in
            "handler \"other-\(number)\" { on = \"other\(number).Happened\", run = function() end }\n"
        }
        let script = """
            handler "wants" { on = "in.OrderPlaced", run = function(e)
            \(SampleEvents.handler)
            end }
            \(others.joined())
            """
        return try ScriptSet(name: "bench", files: ["app.lua": Array(script.utf8)])
    }
}

/// How fast a prompt takes live events: what it doesn't take, the host needn't make.
///
/// An event costs the host some 3 µs on its way to a prompt, and a write of many events 200 µs, 50 of which
/// come in a second: at this pace that is 2 % of a processor, whatever else flows. Nobody reads as fast.
struct LivePace {
    /// Events in a second, in the long run.
    static let eventsPerSecond = 2_500

    /// When the events that were taken are paid for.
    private var paid: ContinuousClock.Instant?

    /// Takes some events.
    ///
    /// - Returns: how long to wait before any more; zero while they come slower, or a second's worth came at
    ///   once.
    mutating func take(_ events: Int, at now: ContinuousClock.Instant) -> Duration {
        let start = max(paid ?? now, now)
        let next = start.advanced(by: .seconds(1) * events / Self.eventsPerSecond)
        paid = next
        return max(.zero, now.duration(to: next) - .seconds(1))
    }
}

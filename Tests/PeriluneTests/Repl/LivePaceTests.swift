import Testing

@testable import perilune

/// A prompt takes no more from a host than its share.
@Suite struct LivePaceTests {
    private let start = ContinuousClock.now

    @Test func `a second's worth may come at once, and twice as much takes a second`() {
        var pace = LivePace()
        #expect(pace.take(LivePace.eventsPerSecond, at: start) == .zero)
        #expect(pace.take(LivePace.eventsPerSecond, at: start) == .seconds(1))
    }

    @Test func `in the long run no more are taken, however they come`() {
        var pace = LivePace()
        var now = start
        for _ in 0..<1_000 { now = now.advanced(by: pace.take(100, at: now)) }
        let least = Duration.seconds(100_000 / LivePace.eventsPerSecond - 1)
        #expect(start.duration(to: now) >= least)
        #expect(start.duration(to: now) < least + .seconds(2))
    }

    @Test func `a silence saves up no more than a second's worth`() {
        var pace = LivePace()
        _ = pace.take(10, at: start)
        let later = start.advanced(by: .seconds(3_600))
        #expect(pace.take(2 * LivePace.eventsPerSecond, at: later) == .seconds(1))
    }
}

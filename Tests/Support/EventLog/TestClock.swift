import EventLog
import Synchronization

/// A clock that stands still until a test moves it.
public final class TestClock: Sendable {
    private let time: Atomic<LogTime>

    /// A clock that shows a time, in microseconds since 1970.
    public init(_ time: LogTime = 1_700_000_000_000_000) {
        self.time = Atomic(time)
    }

    /// Shows another time; it may be an earlier one.
    public func set(_ time: LogTime) {
        self.time.store(time, ordering: .relaxed)
    }

    /// What a log takes its time from.
    public var reading: LogClock.Reading {
        { self.time.load(ordering: .relaxed) }
    }
}

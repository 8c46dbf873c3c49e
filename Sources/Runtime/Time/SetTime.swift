import EventLog
import Synchronization

/// The time of a log that takes none from a clock: it stands until its owner sets it.
///
/// Owned by what puts events into such a log, a spec or a simulation; the log reads it.
final class SetTime: Sendable {
    private let value: Atomic<LogTime>

    init(_ time: LogTime = 0) {
        value = Atomic(time)
    }

    /// Microseconds since 1970.
    var now: LogTime {
        get { value.load(ordering: .relaxed) }
        set { value.store(newValue, ordering: .relaxed) }
    }

    /// The time as a log takes it.
    var reading: LogClock.Reading { { self.now } }
}

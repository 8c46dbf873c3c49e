import EventLog
import Synchronization

/// A clock of a log that goes on by 10 µs with each look at it: 10, 20, 30.
final class Ticks: Sendable {
    private let time = Mutex<LogTime>(0)

    func next() -> LogTime {
        time.withLock { time in
            time += 10
            return time
        }
    }
}

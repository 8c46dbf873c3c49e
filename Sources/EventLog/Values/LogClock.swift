#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where a log takes the time of its commits from.
///
/// Injected, so that a test decides what time it is.
public enum LogClock {
    /// Tells the time, in microseconds since 1970; may jump, the log keeps its own times from going back.
    public typealias Reading = @Sendable () -> LogTime

    /// The clock of the machine.
    public static let system: Reading = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LogTime(time.tv_sec) * 1_000_000 + LogTime(time.tv_nsec) / 1_000
    }
}

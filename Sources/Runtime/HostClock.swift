import EventLog
import Foundation

/// The only time in the host: what it says and how it waits.
///
/// Tests inject their own, so that nothing sleeps there.
public struct HostClock: Sendable {
    /// Microseconds since 1970.
    public let now: @Sendable () -> LogTime

    /// Suspends for so many microseconds; throws `CancellationError` when the task is cancelled.
    public let sleep: @Sendable (Int64) async throws -> Void

    /// A clock of these two.
    public init(
        now: @escaping @Sendable () -> LogTime,
        sleep: @escaping @Sendable (Int64) async throws -> Void
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// The machine's clock.
    public static let system = HostClock(
        now: {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
        },
        sleep: { microseconds in
            try await Task.sleep(for: .microseconds(microseconds))
        }
    )
}

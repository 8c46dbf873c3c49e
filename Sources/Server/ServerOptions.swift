import Logging
import Runtime

/// How the server listens; each option has a default that suits production.
public struct ServerOptions: Sendable {
    /// Where it listens.
    public var address: ListenAddress

    /// The server's only time: what `since=1h` counts back from, and what paces heartbeats.
    public var clock: HostClock

    /// Silence on a live stream after which a comment is sent, so that proxies and clients see that it lives.
    public var heartbeatMicroseconds: Int64

    /// Between two writes of a live stream that has caught up: nobody sees so little, and a busy log costs
    /// a host as many writes as there are intervals, and not as there are commits.
    public var liveIntervalMicroseconds: Int64

    /// Where the server writes.
    public var logger: Logger

    /// The defaults.
    public init(
        address: ListenAddress = .standard,
        clock: HostClock = .system,
        heartbeatMicroseconds: Int64 = 15_000_000,
        liveIntervalMicroseconds: Int64 = 20_000,
        logger: Logger = Logger(label: "perilune.server")
    ) {
        self.address = address
        self.clock = clock
        self.heartbeatMicroseconds = heartbeatMicroseconds
        self.liveIntervalMicroseconds = liveIntervalMicroseconds
        self.logger = logger
    }
}

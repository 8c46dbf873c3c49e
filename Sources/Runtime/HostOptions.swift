import Foundation
import Logging

/// Options of a host, each with a default that suits production.
public struct HostOptions: Sendable {
    /// Where the host and `log.info` of scripts write.
    public var logger: Logger

    /// The host's time.
    public var clock: HostClock

    /// Script workers, each a thread with a VM of its own; a core each, and no more than lanes.
    public var workers: Int

    /// A file in which a new host finds the steps that this one ended in, so that a step which kills its host
    /// is parked after its attempts; nil keeps no trace.
    public var runningStepsFile: String?

    /// Whether the log keeps the scripts, and says since when they decide.
    ///
    /// Only where nothing is to be explained later is there a reason to do without.
    public var recordsScripts = true

    /// How `http` of scripts is carried out; without it no call is made.
    public var calls: OutboundCalls

    /// The defaults.
    public init(
        logger: Logger = Logger(label: "perilune"),
        clock: HostClock = .system,
        workers: Int = ProcessInfo.processInfo.activeProcessorCount,
        calls: OutboundCalls = .none
    ) {
        self.logger = logger
        self.clock = clock
        self.calls = calls
        self.workers = max(1, min(workers, RuntimeLimits.lanes))
    }
}

import EventLog
import Synchronization

/// Commits that wait until a test lets them go: what another host does meanwhile is up to the test.
public final class HeldCommits: Sendable {
    private struct State {
        var isHolding = false
        var held: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Holds nothing yet.
    public init() {}

    /// From now on commits wait.
    public func hold() {
        state.withLock { $0.isHolding = true }
    }

    /// Lets all go that wait, and those that come.
    public func release() {
        let held = state.withLock { state in
            state.isHolding = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    /// Waits until so many commits wait.
    public func untilHeld(_ count: Int) async throws {
        try await Condition.wait(for: "\(count) commits held") { state.withLock { $0.held.count >= count } }
    }

    /// The interception.
    public var commit: InterceptedLog.Commit {
        { frame, log throws(EventLogError) in
            await withCheckedContinuation { continuation in
                let isHeld = self.state.withLock { state in
                    if state.isHolding { state.held.append(continuation) }
                    return state.isHolding
                }
                if !isHeld { continuation.resume() }
            }
            return try await log.commit(frame)
        }
    }
}

import EventLog
import Runtime
import Synchronization

/// A host's clock that stands still until a test moves it: nothing in a test waits for real time.
///
/// Whoever waits on it is woken by `advance` alone, in the order in which the waits are due.
public final class ManualClock: Sendable {
    private struct Sleeper {
        let due: LogTime
        let duration: Int64
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct Watcher {
        let count: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: LogTime
        var nextTicket: UInt64 = 0
        var sleepers: [UInt64: Sleeper] = [:]
        var watchers: [UInt64: Watcher] = [:]
    }

    private let state: Mutex<State>

    /// A clock that stands at a time; the default is 2025-06-15T15:06:40Z.
    public init(now: LogTime = 1_750_000_000_000_000) {
        state = Mutex(State(now: now))
    }

    /// Microseconds since 1970.
    public var now: LogTime { state.withLock { $0.now } }

    /// The clock as a host takes it.
    public var hostClock: HostClock {
        HostClock(now: { self.now }, sleep: { try await self.suspend(microseconds: $0) })
    }

    /// For how many microseconds each of those who wait asked, the first that began first.
    public var sleepers: [Int64] {
        state.withLock { state in state.sleepers.sorted { $0.key < $1.key }.map(\.value.duration) }
    }

    /// Moves the time forward, and wakes those whose wait is over.
    public func advance(by microseconds: Int64) {
        let woken = state.withLock { state -> [Sleeper] in
            state.now += microseconds
            let over = state.sleepers.filter { $0.value.due <= state.now }
            for ticket in over.keys { state.sleepers[ticket] = nil }
            return over.sorted { ($0.value.due, $0.key) < ($1.value.due, $1.key) }.map(\.value)
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    /// Suspends until so many wait on the clock, or more.
    ///
    /// Woken by the wait that makes the number full.
    ///
    /// - Throws: `CancellationError` when the test is over before.
    public func untilSleeping(_ count: Int) async throws {
        try await enter(
            { state, ticket, continuation in
                if state.sleepers.count >= count { return true }
                state.watchers[ticket] = Watcher(count: count, continuation: continuation)
                return false
            },
            leave: { state, ticket in state.watchers.removeValue(forKey: ticket)?.continuation }
        )
    }

    private func suspend(microseconds: Int64) async throws {
        try await enter(
            { state, ticket, continuation in
                guard microseconds > 0 else { return true }
                let due = state.now + microseconds
                state.sleepers[ticket] = Sleeper(due: due, duration: microseconds, continuation: continuation)
                return false
            },
            leave: { state, ticket in state.sleepers.removeValue(forKey: ticket)?.continuation }
        )
    }

    private typealias Continuation = CheckedContinuation<Void, any Error>

    /// Registers a wait, which is over at once when `register` says so; a cancelled one is taken out again.
    private func enter(
        _ register: (inout State, UInt64, Continuation) -> Bool,
        leave: @escaping @Sendable (inout State, UInt64) -> Continuation?
    ) async throws {
        let ticket = state.withLock { state -> UInt64 in
            state.nextTicket += 1
            return state.nextTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (outcome, full) = state.withLock { state -> (Result<Void, any Error>?, [Watcher]) in
                    // Cancelled before it could register: the handler below found nothing to take out.
                    if Task.isCancelled { return (.failure(CancellationError()), []) }
                    let isOver = register(&state, ticket, continuation)
                    let full = state.watchers.filter { $0.value.count <= state.sleepers.count }
                    for ticket in full.keys { state.watchers[ticket] = nil }
                    return (isOver ? .success(()) : nil, Array(full.values))
                }
                if let outcome { continuation.resume(with: outcome) }
                for watcher in full { watcher.continuation.resume() }
            }
        } onCancel: {
            state.withLock { leave(&$0, ticket) }?.resume(throwing: CancellationError())
        }
    }
}

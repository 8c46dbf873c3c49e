import Synchronization

/// The position that a read model has reached, and those who wait for a later one; nobody polls, `open`
/// wakes.
final class CheckpointGate: Sendable {
    private struct State {
        var position: UInt64
        var isClosed = false
        var nextWaiter: UInt64 = 0
        var waiters: [UInt64: Waiter] = [:]
    }

    private struct Waiter {
        let position: UInt64
        let continuation: CheckedContinuation<Void, any Error>
    }

    private let state: Mutex<State>

    init(position: UInt64) { state = Mutex(State(position: position)) }

    /// The last position that was reached.
    var position: UInt64 { state.withLock(\.position) }

    /// Moves to the position and wakes who waited for it or an earlier one.
    func open(to position: UInt64) {
        let woken = state.withLock { state in
            state.position = position
            let woken = state.waiters.filter { $0.value.position <= position }
            for id in woken.keys { state.waiters[id] = nil }
            return woken
        }
        for waiter in woken.values { waiter.continuation.resume() }
    }

    /// Ends all waiting, now and later, with `.closed`.
    func close() {
        let woken = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in woken.values { waiter.continuation.resume(throwing: ReadModelError.closed) }
    }

    /// Suspends until the position is reached.
    /// - Throws: `CancellationError` when the task is cancelled; `ReadModelError.closed`.
    func wait(for position: UInt64) async throws {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let outcome: Result<Void, any Error>? = state.withLock { state in
                    if state.position >= position { return .success(()) }
                    if state.isClosed { return .failure(ReadModelError.closed) }
                    // A cancellation that came before this waiter was registered found nobody to wake.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.waiters[id] = Waiter(position: position, continuation: continuation)
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }
}

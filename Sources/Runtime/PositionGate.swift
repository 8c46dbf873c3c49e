import EventLog
import Synchronization

/// A position that grows, and those who wait for it: how far the rows have come that queries are answered
/// from.
///
/// It goes back only when other rows take their place, which belonged to a longer log.
///
/// Read without suspending by script workers; awaited by queries that read their own writes.
final class PositionGate: Sendable {
    private struct State {
        var position: Position = 0
        /// Why the position won't grow for now; nil while it may.
        var stopped: ScriptFailure?
        var waiters: [UInt64: (position: Position, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var nextID: UInt64 = 0
    }

    private let state = Mutex(State())

    var position: Position { state.withLock { $0.position } }

    func advance(to position: Position) {
        if position > self.position { move(to: position) }
    }

    /// Stands at the position from now on, also when it stood behind it, and may grow again.
    func move(to position: Position) {
        let ready = state.withLock { state -> [CheckedContinuation<Void, any Error>] in
            state.position = position
            state.stopped = nil
            let ids = state.waiters.filter { $0.value.position <= position }.keys
            return ids.compactMap { state.waiters.removeValue(forKey: $0)?.continuation }
        }
        for continuation in ready { continuation.resume() }
    }

    /// Tells those who wait that it is in vain, until `open`.
    func stop(_ failure: ScriptFailure) {
        let waiters = state.withLock { state in
            state.stopped = failure
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.continuation.resume(throwing: failure) }
    }

    /// The position may grow again.
    func open() {
        state.withLock { $0.stopped = nil }
    }

    /// Suspends until the gate stands at the position or behind it.
    ///
    /// - Throws: the `ScriptFailure` that stopped it, `CancellationError`.
    func wait(for position: Position) async throws {
        let id = state.withLock { state -> UInt64 in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer: Result<Void, any Error>? = state.withLock { state in
                    if state.position >= position { return .success(()) }
                    if let failure = state.stopped { return .failure(failure) }
                    // Cancelled before it could register: the handler below found nothing to remove.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.waiters[id] = (position, continuation)
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }
}

import Synchronization

/// Tasks that wait for the log to grow.
///
/// A waiter costs one entry of a dictionary; a commit without waiters costs one uncontended lock.
final class Waiters: Sendable {
    private struct Waiting {
        let position: Position
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var nextTicket: UInt64 = 0
        var waiting: [UInt64: Waiting] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())
    private let index: SharedIndex

    init(index: SharedIndex) {
        self.index = index
    }

    /// Suspends until the log's last position is greater than a position.
    func wait(after position: Position) async throws {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                register(Waiting(position: position, continuation: continuation), ticket)
            }
        } onCancel: {
            // A task that was cancelled before it registered is found by the check in `register`.
            let cancelled = state.withLock { $0.waiting.removeValue(forKey: ticket) }
            cancelled?.continuation.resume(throwing: CancellationError())
        }
    }

    private func register(_ waiting: Waiting, _ ticket: UInt64) {
        // Looking at the position inside the lock closes the gap: a commit that publishes behind this look
        // takes the lock afterwards, and finds the waiter.
        let outcome: Result<Void, any Error>? = state.withLock { state in
            if Task.isCancelled { return .failure(CancellationError()) }
            if state.isClosed { return .failure(EventLogError.closed) }
            if index.lastPosition > waiting.position { return .success(()) }
            state.waiting[ticket] = waiting
            return nil
        }
        if let outcome { waiting.continuation.resume(with: outcome) }
    }

    /// Wakes those who wait for less than the log now has.
    ///
    /// Called behind every publish.
    func wake() {
        let last = index.lastPosition
        let woken = state.withLock { state -> [Waiting] in
            guard !state.waiting.isEmpty else { return [] }
            let ready = state.waiting.filter { $0.value.position < last }
            for ticket in ready.keys { state.waiting.removeValue(forKey: ticket) }
            return Array(ready.values)
        }
        for waiting in woken { waiting.continuation.resume() }
    }

    /// Ends every wait, now and from now on, with `EventLogError.closed`.
    func close() {
        let woken = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for waiting in woken { waiting.continuation.resume(throwing: EventLogError.closed) }
    }
}

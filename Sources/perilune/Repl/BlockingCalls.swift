import Dispatch
import Synchronization

/// Lets a thread that may be held up wait for what is asynchronous, and lets another end the wait.
///
/// For a prompt's own thread alone: on a thread of the shared pool it could wait for itself.
final class BlockingCalls: Sendable {
    private let running = Mutex<Task<Void, Never>?>(nil)

    /// Holds what came of a call until the thread has it.
    private final class Outcome<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, any Error>?>(nil)
    }

    /// Runs a body to its end; the calling thread waits.
    ///
    /// - Throws: what the body throws; `CancellationError` and the like when it was cancelled.
    func wait<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
        let outcome = Outcome<Value>()
        let done = DispatchSemaphore(value: 0)
        let task = Task {
            let result: Result<Value, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            outcome.result.withLock { $0 = result }
            done.signal()
        }
        running.withLock { $0 = task }
        done.wait()
        running.withLock { $0 = nil }
        guard let result = outcome.result.withLock(\.self) else {
            preconditionFailure("the task signals when it has a result")
        }
        return try result.get()
    }

    /// Cancels the call that a thread waits for, if one does.
    func cancel() {
        running.withLock { $0?.cancel() }
    }
}

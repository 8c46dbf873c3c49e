import EventLog
import Synchronization

/// Makes the calls of all steps of a host: so many at once, each within its time.
///
/// Called by `HandlerProcessor`, outside of any step.
struct CallRunner: Sendable {
    private let calls: OutboundCalls
    private let clock: HostClock
    private let gate = CallGate(RuntimeLimits.callsAtOnceMax)

    init(_ calls: OutboundCalls, clock: HostClock) {
        self.calls = calls
        self.clock = clock
    }

    /// What a call comes to; `.stopped` when its task is cancelled.
    ///
    /// Its time runs from when it is its turn.
    func result(of request: OutboundRequest) async -> CallResult {
        do {
            try await gate.enter()
        } catch {
            return .failure(.stopped(request.url.description))
        }
        defer { gate.leave() }
        FailPoint.callBegins.pass()
        let result = await inTime(request)
        FailPoint.callAnswered.pass()
        return Task.isCancelled ? .failure(.stopped(request.url.description)) : heeded(result, of: request)
    }

    private func inTime(_ request: OutboundRequest) async -> CallResult {
        let url = request.url.description
        let milliseconds = request.timeoutMilliseconds
        return await withTaskGroup(of: CallResult.self) { group in
            group.addTask {
                do throws(CallFailure) {
                    return .success(try await calls.perform(request))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                // Cancelled when the answer is there, and then nobody reads what this says.
                try? await clock.sleep(milliseconds * 1_000)
                return .failure(.timeout(url, milliseconds: milliseconds))
            }
            let first = await group.next() ?? .failure(.stopped(url))
            group.cancelAll()
            return first
        }
    }

    /// A server that is busy and says for how long is no answer to a step: the step waits and asks again.
    private func heeded(_ result: CallResult, of request: OutboundRequest) -> CallResult {
        guard case .success(let answer) = result, [429, 503].contains(answer.status),
            let text = answer.header("retry-after"),
            let wait = RetryAfter.microseconds(text, now: clock.now())
        else { return result }
        return .failure(.retryAfter(request.url.description, status: answer.status, microseconds: wait))
    }
}

/// Lets so many in at once; the others wait in their order.
final class CallGate: Sendable {
    private struct State {
        var free: Int
        var nextTicket: UInt64 = 0
        var waiting: [(ticket: UInt64, continuation: CheckedContinuation<Void, any Error>)] = []
    }

    private let state: Mutex<State>

    init(_ most: Int) {
        state = Mutex(State(free: most))
    }

    /// Suspends until there is room.
    ///
    /// - Throws: `CancellationError`, and then there is nothing to leave.
    func enter() async throws {
        let ticket = state.withLock { state -> UInt64 in
            state.nextTicket += 1
            return state.nextTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer: Result<Void, any Error>? = state.withLock { state in
                    // Cancelled before it could register: the handler below found nothing to take out.
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if state.free > 0 {
                        state.free -= 1
                        return .success(())
                    }
                    state.waiting.append((ticket, continuation))
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            let cancelled = state.withLock { state in
                state.waiting.firstIndex { $0.ticket == ticket }.map { state.waiting.remove(at: $0) }
            }
            cancelled?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Makes room for the next.
    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst().continuation }
            state.free += 1
            return nil
        }
        next?.resume()
    }
}

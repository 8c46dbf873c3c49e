import Runtime
import Synchronization

/// What steps call in a test: it remembers what it was asked, and answers when the test lets it.
public final class FakeServer: Sendable {
    /// What it answers: the request, and its number among all, from 1.
    public typealias Answering =
        @Sendable (OutboundRequest, Int) throws(CallFailure) -> OutboundAnswer

    private struct State {
        var requests: [OutboundRequest] = []
        var cancelled = 0
        var isHolding = false
        var nextTicket = 0
        var held: [Int: CheckedContinuation<Void, any Error>] = [:]
    }

    private let state = Mutex(State())
    private let answering: Answering

    /// A server that answers so, at once; without a word for it, 200 and the request's number as JSON.
    public init(_ answering: @escaping Answering = FakeServer.counting) {
        self.answering = answering
    }

    /// 200, `{"n":1}` for the first request and so on.
    public static let counting: Answering = { _, number throws(CallFailure) in json(200, "{\"n\":\(number)}")
    }

    /// An answer that says that it is JSON.
    public static func json(_ status: Int, _ text: String, _ more: OutboundHeader...) -> OutboundAnswer {
        OutboundAnswer(
            status: status,
            headers: [OutboundHeader("content-type", "application/json")] + more,
            body: Array(text.utf8)
        )
    }

    /// Everything that it was asked, in order.
    public var requests: [OutboundRequest] { state.withLock { $0.requests } }

    /// The idempotency keys of all requests.
    public var keys: [String] {
        requests.map { $0.headers.first { $0.name == "idempotency-key" }?.value ?? "" }
    }

    /// Calls that were cut off while it held them.
    public var cancelled: Int { state.withLock { $0.cancelled } }

    /// From now on answers wait.
    public func hold() { state.withLock { $0.isHolding = true } }

    /// Lets all answers go, and those to come.
    public func release() {
        let held = state.withLock { state in
            state.isHolding = false
            defer { state.held = [:] }
            return state.held.values
        }
        for continuation in held { continuation.resume() }
    }

    /// Waits until so many answers wait.
    public func untilHeld(_ count: Int) async throws {
        try await Condition.wait(for: "\(count) calls held") { state.withLock { $0.held.count >= count } }
    }

    /// The server as a host calls it.
    public var calls: OutboundCalls {
        OutboundCalls { request throws(CallFailure) in
            let number = self.state.withLock { state in
                state.requests.append(request)
                return state.requests.count
            }
            do { try await self.pass() } catch { throw .stopped(request.url.description) }
            return try self.answering(request, number)
        }
    }

    private func pass() async throws {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    guard state.isHolding else { return .success(()) }
                    state.held[ticket] = continuation
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let held = state.withLock { state in
                state.cancelled += 1
                return state.held.removeValue(forKey: ticket)
            }
            held?.resume(throwing: CancellationError())
        }
    }
}

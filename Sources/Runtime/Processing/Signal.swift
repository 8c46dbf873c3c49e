/// Wakes one loop.
///
/// Raising it while the loop is busy makes the loop look once more; raising it twice is once.
struct Signal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func raise() { continuation.yield() }

    /// Nobody waits any more, now or later.
    func finish() { continuation.finish() }

    /// Suspends until the signal is raised; false when it is finished.
    ///
    /// One loop alone may wait.
    func next() async -> Bool {
        for await _ in stream { return true }
        return false
    }

    /// Like `next`, for a loop that looks at its own state anyway.
    func wait() async { _ = await next() }
}

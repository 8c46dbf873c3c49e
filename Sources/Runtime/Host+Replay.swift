import EventLog
import Lua

/// Looks at what was decided, and at what other scripts would decide: on a thread of its own, so that no
/// worker waits for it.
extension Host {
    /// Why the event at a position is in the log.
    ///
    /// - Throws: `RuntimeError.unknownEvent`, `.log`.
    public func why(_ position: Position) async throws(RuntimeError) -> Why {
        try await onThread { () throws(RuntimeError) in try WhySearch(self.log).why(position) }
    }

    /// Why an event of a stream is in the log.
    ///
    /// - Throws: as `why(_:)`.
    public func why(_ stream: StreamName, revision: Revision) async throws(RuntimeError) -> Why {
        try await onThread { () throws(RuntimeError) in
            try WhySearch(self.log).why(stream, revision: revision)
        }
    }

    /// What would change if other scripts decided; a task that is cancelled ends the work.
    ///
    /// - Parameters:
    ///   - request: what to compare.
    ///   - progress: is told how many positions of how many are done.
    /// - Returns: all that differs.
    /// - Throws: `RuntimeError` when scripts can't be loaded; `.stopping` when the task is cancelled.
    public func diff(
        _ request: DiffRequest,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) async throws(RuntimeError) -> ScriptDiff {
        try await onThread { () throws(RuntimeError) in
            try ScriptComparison.run(request, over: self.log, progress: progress)
        }
    }

    private func onThread<Value: Sendable>(
        _ body: @escaping @Sendable () throws(RuntimeError) -> Value
    ) async throws(RuntimeError) -> Value {
        try await ReplayThread().run(body)
    }
}

/// A thread for one piece of work that runs scripts.
private actor ReplayThread {
    private let thread = WorkerThread(name: "replay")

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    func run<Value: Sendable>(
        _ body: @Sendable () throws(RuntimeError) -> Value
    ) throws(RuntimeError) -> Value {
        try body()
    }
}

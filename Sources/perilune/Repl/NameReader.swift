import Dispatch
import EventLog
import Foundation
import Runtime
import Synchronization

/// Reads a log for the names in it, on a thread of its own, so that Tab never waits for it for long.
///
/// It takes a small share of the host's time, and sleeps when there is nothing more to know.
final class NameReader: Sendable {
    private let known: KnownNames
    private let log: any EventLog
    private let refresh: @Sendable () throws -> Void
    private let state = Mutex(State())
    private let wanted = DispatchSemaphore(value: 0)
    private let havePage = DispatchSemaphore(value: 0)

    private struct State {
        var isStarted = false
        var isWanted = false
        var isEnded = false
    }

    /// How long Tab waits for what is just being read: nobody feels so little.
    private static let patience = DispatchTimeInterval.milliseconds(40)

    /// So many times as long as a page took, the host is left alone before the next.
    private static let pauses = 4

    /// - Parameters:
    ///   - known: what is filled.
    ///   - log: a view of the log that nobody else uses.
    ///   - refresh: looks how far it is.
    init(_ known: KnownNames, from log: any EventLog, refresh: @escaping @Sendable () throws -> Void) {
        self.known = known
        self.log = log
        self.refresh = refresh
    }

    /// Looks whether the log names something new; returns at once.
    func wake() {
        let (starts, wakes) = state.withLock { state in
            defer { (state.isStarted, state.isWanted) = (true, true) }
            return (!state.isStarted, !state.isWanted)
        }
        if starts { Thread.detachNewThread { self.run() } }
        if wakes { wanted.signal() }
    }

    /// The same, and waits a moment until what is new up to a position is known.
    func catchUp(to position: Position) {
        guard !known.reaches(position) else { return }
        wake()
        let deadline = DispatchTime.now() + Self.patience
        while !known.reaches(position), havePage.wait(timeout: deadline) == .success {}
    }

    /// Ends the thread, at its next look.
    func end() {
        state.withLock { $0.isEnded = true }
        wanted.signal()
    }

    private func run() {
        var hasMore = false
        var pause = Duration.zero
        while true {
            _ = wanted.wait(timeout: hasMore ? .now() + pause.seconds : .distantFuture)
            let isEnded = state.withLock { state in
                state.isWanted = false
                return state.isEnded
            }
            if isEnded { return }
            let start = ContinuousClock.now
            // Where it can't be read now (the prompt says that the host is away) somebody wakes us again.
            hasMore = (try? readPage()) ?? false
            pause = start.duration(to: .now) * Self.pauses
            havePage.signal()
        }
    }

    private func readPage() throws -> Bool {
        try refresh()
        return try known.readPage(of: log)
    }
}

extension Duration {
    fileprivate var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

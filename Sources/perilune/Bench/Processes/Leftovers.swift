import Foundation
import Synchronization

/// What has to be gone when `bench` ends, however it ends: the processes and the folders of the suites.
final class Leftovers: Sendable {
    private struct State {
        var processes: [(process: ChildProcess, signal: Int32)] = []
        var folders: Set<String> = []
        var isClearing = false
    }

    private let state = Mutex(State())

    /// Seconds that a process gets to end by its own signal before it is killed.
    private static let secondsMax = 10.0

    /// Attempts to remove a folder.
    private static let attempts = 3

    /// A folder that is there while `body` runs.
    func withFolder<Value>(
        _ name: String,
        _ body: (BenchFolder) async throws -> Value
    ) async throws -> Value {
        try await BenchFolder.with(name) { folder in
            state.withLock { _ = $0.folders.insert(folder.path) }
            defer {
                stayWhileClearing()
                state.withLock { _ = $0.folders.remove(folder.path) }
            }
            return try await body(folder)
        }
    }

    /// A process that runs while `body` does; afterwards it is told to end by `signal`, and waited for.
    func withProcess<Value>(
        _ process: ChildProcess,
        endedBy signal: Int32,
        _ body: (ChildProcess) async throws -> Value
    ) async throws -> Value {
        state.withLock { $0.processes.append((process, signal)) }
        defer {
            stayWhileClearing()
            end(process, by: signal)
            state.withLock { $0.processes.removeAll { $0.process === process } }
        }
        return try await body(process)
    }

    /// Ends and removes all of it, from a handler of Ctrl-C.
    func clear() {
        let left = state.withLock { state in
            state.isClearing = true
            return state
        }
        for (process, signal) in left.processes { process.send(signal) }
        for (process, signal) in left.processes { end(process, by: signal) }
        for folder in left.folders {
            for _ in 0..<Self.attempts where FileManager.default.fileExists(atPath: folder) {
                // A log that is open here may make a file meanwhile; then once more. What is left after the
                // last attempt stays where a person sees it.
                try? FileManager.default.removeItem(atPath: folder)
            }
        }
    }

    /// Keeps a suite, which fails now that its servers are gone, from removing the same things beside
    /// `clear`, after which the process ends.
    private func stayWhileClearing() {
        while state.withLock({ $0.isClearing }) { usleep(100_000) }
    }

    private func end(_ process: ChildProcess, by signal: Int32) {
        process.send(signal)
        var waited = 0.0
        while !process.hasEnded, waited < Self.secondsMax {
            usleep(5_000)
            waited += 0.005
        }
        process.send(SIGKILL)
        process.wait()
    }
}

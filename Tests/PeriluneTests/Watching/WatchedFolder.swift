import Foundation
import Synchronization
import TestSupport
import Testing

@testable import perilune

/// A folder that is watched by a clock that stands still: a look is made when the test says so.
final class WatchedFolder: Sendable {
    let clock = ManualClock()
    private let folder: TemporaryFolder
    private let told = Mutex<[[String]]>([])
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// Writes the files, then begins to watch.
    init(_ files: [String: String] = [:]) throws {
        folder = try TemporaryFolder()
        for (name, text) in files { try write(name, text) }
        let watch = FolderWatch(folder.path, clock: clock.hostClock)
        task.withLock { task in
            task = Task { [weak self] in
                for await change in watch { self?.told.withLock { $0.append(change.files) } }
            }
        }
    }

    deinit { stop() }

    func stop() { task.withLock { $0 }?.cancel() }

    /// Suspends until the one who waited for changes has ended.
    func untilEnded() async { await task.withLock { $0 }?.value }

    var path: String { folder.path }

    func write(_ name: String, _ text: String) throws {
        let url = URL(fileURLWithPath: folder.path(name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: url)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: folder.path(name)) }

    func rename(_ name: String, to other: String) throws {
        try #require(Foundation.rename(folder.path(name), folder.path(other)) == 0)
    }

    /// Gives a file the time of another one.
    func setTime(of name: String, from other: String) throws {
        let time = try FileManager.default.attributesOfItem(atPath: folder.path(other))[.modificationDate]
        try FileManager.default.setAttributes(
            [.modificationDate: try #require(time)],
            ofItemAtPath: folder.path(name)
        )
    }

    /// Makes the watch look, and returns all that it has told since the beginning.
    @discardableResult
    func look(after microseconds: Int64 = FolderWatch.interval) async throws -> [[String]] {
        try await clock.untilSleeping(1)
        clock.advance(by: microseconds)
        try await clock.untilSleeping(1)
        return told.withLock { $0 }
    }
}

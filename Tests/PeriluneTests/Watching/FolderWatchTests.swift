import Foundation
import Runtime
import Synchronization
import TestSupport
import Testing

@testable import perilune

/// What counts as a change of an app's folder, and when it is told.
@Suite struct FolderWatchTests {
    @Test func `a change is told when two looks saw the same`() async throws {
        let folder = try WatchedFolder(["app.lua": "local a = 1"])
        #expect(try await folder.look() == [])
        try folder.write("app.lua", "local a = 12")
        #expect(try await folder.look() == [])
        #expect(try await folder.look() == [["app.lua"]])
        #expect(try await folder.look() == [["app.lua"]])
    }

    @Test func `a file that is still being written isn't told`() async throws {
        let folder = try WatchedFolder(["app.lua": ""])
        for size in 1...4 {
            try folder.write("app.lua", String(repeating: "-", count: size))
            #expect(try await folder.look() == [])
        }
        #expect(try await folder.look() == [["app.lua"]])
    }

    @Test func `files that come, go and change are told together`() async throws {
        let folder = try WatchedFolder(["app.lua": "", "old.lua": "", "same.lua": ""])
        try folder.write("rules/tax.lua", "return {}")
        try folder.write("fixtures/order.json", "{}")
        try folder.write("app.lua", "local a")
        try folder.remove("old.lua")
        try await folder.look()
        #expect(
            try await folder.look() == [["app.lua", "fixtures/order.json", "old.lua", "rules/tax.lua"]]
        )
    }

    @Test func `a change before anybody waits is told`() async throws {
        let folder = try TemporaryFolder()
        let clock = ManualClock()
        let watch = FolderWatch(folder.path, clock: clock.hostClock)
        try Data("local a".utf8).write(to: URL(fileURLWithPath: folder.path("app.lua")))
        async let change = watch.first { _ in true }
        for _ in 1...2 {
            try await clock.untilSleeping(1)
            clock.advance(by: FolderWatch.interval)
        }
        #expect(await change?.files == ["app.lua"])
    }

    @Test func `a change that comes while the one before is worked on is told next`() async throws {
        let folder = try WatchedFolder(["app.lua": ""])
        try folder.write("app.lua", "1")
        try await folder.look()
        try await folder.look()
        try folder.write("app.lua", "12")
        try await folder.look()
        #expect(try await folder.look() == [["app.lua"], ["app.lua"]])
    }

    @Test func `a file that is renamed into the place of another of its size and time is a change`()
        async throws
    {
        let folder = try WatchedFolder(["app.lua": "local a = 1"])
        try folder.write("app.lua~", "local a = 2")
        try folder.setTime(of: "app.lua~", from: "app.lua")
        try folder.rename("app.lua~", to: "app.lua")
        try await folder.look()
        #expect(try await folder.look() == [["app.lua"]])
    }

    @Test(arguments: ["notes.txt", "app.lua~", ".#app.lua", ".git/hooks.lua", "#app.lua#", "data/000.log"])
    func `what an app isn't made of is no change`(name: String) async throws {
        let folder = try WatchedFolder(["app.lua": ""])
        try folder.write(name, "something")
        try await folder.look()
        #expect(try await folder.look() == [])
    }

    @Test func `a change that was taken back is none`() async throws {
        let folder = try WatchedFolder(["app.lua": ""])
        try folder.write("new.lua", "")
        try await folder.look()
        try folder.remove("new.lua")
        try await folder.look()
        #expect(try await folder.look() == [])
    }

    @Test func `a folder that goes and comes back is told both times`() async throws {
        let folder = try WatchedFolder(["rules/a.lua": ""])
        try folder.rename("rules", to: "away")
        try await folder.look()
        #expect(try await folder.look() == [["away/a.lua", "rules/a.lua"]])
        try folder.rename("away", to: "rules")
        try await folder.look()
        #expect(try await folder.look().count == 2)
    }

    @Test func `a link to its own folder is not followed`() throws {
        let folder = try TemporaryFolder()
        try Data().write(to: URL(fileURLWithPath: folder.path("app.lua")))
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("self"),
            withDestinationPath: folder.path
        )
        #expect(FolderSnapshot(of: folder.path).files.keys.sorted() == ["app.lua"])
    }

    @Test func `a slow look is followed by a long rest`() async throws {
        // A folder whose look takes 10 ms, by a clock that is read before and behind it.
        let folder = try TemporaryFolder()
        let slept = Mutex<[Int64]>([])
        let time = Atomic<Int64>(0)
        let clock = HostClock(
            now: { time.wrappingAdd(10_000, ordering: .relaxed).newValue },
            sleep: { microseconds in
                let count = slept.withLock { slept in
                    slept.append(microseconds)
                    return slept.count
                }
                if count == 3 { throw CancellationError() }
            }
        )
        for await _ in FolderWatch(folder.path, clock: clock) {}
        #expect(slept.withLock { $0 } == [25_000, 90_000, 90_000])
    }

    @Test func `it ends when nobody waits any more`() async throws {
        let folder = try WatchedFolder()
        try await folder.look()
        folder.stop()
        await folder.untilEnded()
        #expect(folder.clock.sleepers == [])
    }
}

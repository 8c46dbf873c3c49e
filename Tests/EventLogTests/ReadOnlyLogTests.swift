import TestSupport
import Testing

@testable import EventLog

/// A data folder that is opened for reading: nothing in it changes, whoever has it.
@Suite struct ReadOnlyLogTests {
    private func read(
        _ folders: DiskFolders,
        _ folder: String = DiskFolders.data
    ) async throws -> ReadOnlyLog {
        try await ReadOnlyLog.open(folder: folder, files: folders.disk)
    }

    @Test func `it has the events, streams and marks of the log, and leaves every file as it is`()
        async throws
    {
        let folders = DiskFolders()
        try await folders.append(40)
        let before = folders.contents(DiskFolders.data)
        let log = try await read(folders)
        #expect(try LogFolder.holds(40, log))
        #expect(log.identity.id == EventID(high: 7, low: 9))
        #expect(log.recovery.damage == nil)
        #expect(folders.contents(DiskFolders.data) == before)
        await #expect(throws: EventLogError.readOnly(reason: "it was opened for reading")) {
            try await log.commit(LogFolder.frame(40))
        }
    }

    @Test func `without index files it reads the frames, and makes none`() async throws {
        let folders = DiskFolders()
        try await folders.append(40)
        for path in folders.disk.paths where path.hasSuffix(".idx") { try folders.disk.remove(path) }
        let before = folders.contents(DiskFolders.data)
        #expect(try LogFolder.holds(40, try await read(folders)))
        #expect(folders.contents(DiskFolders.data) == before)
    }

    @Test func `beside a host it has what was durable when it was opened`() async throws {
        let folders = DiskFolders()
        let host = try await folders.open()
        for number in 0..<20 { _ = try await host.commit(LogFolder.frame(number)) }
        let log = try await read(folders)
        for number in 20..<40 { _ = try await host.commit(LogFolder.frame(number)) }
        #expect(try LogFolder.holds(20, log))
        try await host.close()
    }

    @Test func `a torn end stays as it is, and isn't shown`() async throws {
        let folders = DiskFolders()
        try await folders.append(30)
        try folders.replaceZeros(with: [1, 2, 3, 4, 5])
        let before = folders.contents(DiskFolders.data)
        let log = try await read(folders)
        #expect(try LogFolder.holds(30, log))
        #expect(log.recovery.tornBytes == 5)
        #expect(folders.contents(DiskFolders.data) == before)
    }

    @Test func `of a damaged log it has what is before the damage, and says so`() async throws {
        let folders = DiskFolders()
        try await folders.append(40)
        let path = folders.disk.paths.filter { $0.hasSuffix(".log") }[1]
        for path in folders.disk.paths where path.hasSuffix(".idx") { try folders.disk.remove(path) }
        folders.disk.flipBit(in: path, at: 4_000)
        let log = try await read(folders)
        #expect(log.recovery.damage?.file == path)
        #expect(log.lastPosition > 0 && log.lastPosition < 40)
    }

    @Test func `a backup can be read as it lies`() async throws {
        let folders = DiskFolders()
        try await folders.append(40)
        try await folders.backUp()
        #expect(try LogFolder.holds(40, try await read(folders, DiskFolders.backup)))
    }

    @Test func `a fork of it takes commits, and the folder none`() async throws {
        let folders = DiskFolders()
        try await folders.append(10)
        let log = try await read(folders)
        let fork = try log.fork(at: .max)
        _ = try await fork.commit(LogFolder.frame(10))
        #expect(try LogFolder.holds(11, fork))
        #expect(try LogFolder.holds(10, log))
    }

    @Test func `a folder without a log is none`() async throws {
        await #expect(throws: EventLogError.noLog(folder: "/nothing")) {
            try await read(DiskFolders(), "/nothing")
        }
    }
}

import TestSupport
import Testing

@testable import EventLog

/// Making a log of its backup, as it is or as it was.
@Suite struct RestoreTests {
    private func restore(_ folders: DiskFolders, _ point: RestorePoint) throws -> RestoreReport {
        try LogRestore.run(
            from: DiskFolders.backup,
            to: DiskFolders.restored,
            point: point,
            files: folders.disk
        )
    }

    /// A backup with frames of one event, of several, and of marks alone, and what forks of the log held.
    private func backup(frames: Int) async throws -> (FaultyFileSystem, DiskLog, DiskFolders) {
        let folders = DiskFolders()
        let clock = TestClock()
        let log = try await folders.open(clock: clock)
        for number in 0..<frames {
            clock.set(DiskFolders.start + LogTime(number) * 1_000_000)
            var frame = try LogFolder.frame(number)
            frame.marks = [
                MarkMove(processor: "p", lane: 0, from: Position(number), to: Position(number) + 1)
            ]
            if number % 4 == 1 { frame.events = [] }
            if number % 5 == 3 {
                frame.events += [try .sample("Extra", "extra-1"), try .sample("Extra", "extra-2")]
            }
            _ = try await log.commit(frame)
        }
        _ = try log.backup().copy(to: DiskFolders.backup, files: folders.disk)
        return (folders.disk, log, folders)
    }

    private func same(_ left: any EventLog, _ right: any EventLog, keys: Int) throws -> Bool {
        let (mine, other) = (
            try left.read(ReadRequest(.all)).events, try right.read(ReadRequest(.all)).events
        )
        let hasSameEvents =
            left.lastPosition == right.lastPosition && left.identity == right.identity
            && mine.map(ModelLog.Event.init) == other.map(ModelLog.Event.init)
            && mine.map(\.time) == other.map(\.time) && mine.map(\.id) == other.map(\.id)
        let marks = (try left.marks(of: "p"), try right.marks(of: "p"))
        let hasSameStreams = try Set(mine.map(\.stream)).allSatisfy {
            try left.revision(of: $0) == right.revision(of: $0)
        }
        let hasSameKeys = try (0..<keys).allSatisfy {
            try left.receipt(forKey: "key-\($0)") == right.receipt(forKey: "key-\($0)")
        }
        return hasSameEvents && marks.0 == marks.1 && hasSameStreams && hasSameKeys
    }

    @Test func `a log restored to any position is what a fork there shows, marks and keys included`()
        async throws
    {
        let (disk, log, _) = try await backup(frames: 30)
        for position in 0...log.lastPosition + 2 {
            let folders = DiskFolders(disk.processKill())
            let report = try restore(folders, .position(position))
            let fork = try log.fork(at: position)
            let restored = try await folders.open(DiskFolders.restored)
            #expect(restored.recovery.damage == nil && restored.recovery.tornBytes == 0)
            #expect(report.lastPosition == fork.lastPosition)
            #expect(try same(restored, fork, keys: 31), "restored to \(position)")
            try await restored.close()
            #expect(try LogVerifier.run(DiskFolders.restored, files: folders.disk).findings.isEmpty)
        }
        try await log.close()
    }

    @Test func `a log restored to a time holds what was committed then, and nothing later`() async throws {
        let (disk, log, _) = try await backup(frames: 30)
        let all = try log.read(ReadRequest(.all)).events
        for second in -1...30 {
            for part in [0, 999_999] as [LogTime] {
                let time = DiskFolders.start + LogTime(second) * 1_000_000 + part
                let folders = DiskFolders(disk.processKill())
                let report = try restore(folders, .time(time))
                let restored = try await folders.open(DiskFolders.restored)
                let expected = all.filter { $0.time <= time }.map(\.position)
                #expect(try restored.read(ReadRequest(.all)).events.map(\.position) == expected)
                let marks = try restored.marks(of: "p")
                #expect(marks == (second < 0 ? [:] : [0: Position(min(second, 29)) + 1]))
                #expect(
                    report.lastTime == (second < 0 ? nil : min(time - part, DiskFolders.start + 29_000_000))
                )
                try await restored.close()
            }
        }
        try await log.close()
    }

    @Test func `without a point all of the backup is restored, byte for byte`() async throws {
        let (_, log, folders) = try await backup(frames: 30)
        let report = try restore(folders, .end)
        #expect(report.lastPosition == log.lastPosition)
        let backup = folders.contents(DiskFolders.backup).map {
            ($0.key.dropFirst("/backup".count), $0.value)
        }
        let restored = folders.contents(DiskFolders.restored).map {
            ($0.key.dropFirst("/restored".count), $0.value)
        }
        #expect(Dictionary(uniqueKeysWithValues: backup) == Dictionary(uniqueKeysWithValues: restored))
        try await log.close()
    }

    @Test func `a restored log goes on, over segments and restarts, and is backed up`() async throws {
        let folders = DiskFolders()
        try await folders.append(40)
        try await folders.backUp()
        _ = try restore(folders, .position(17))
        try await folders.append(30, from: 17, to: DiskFolders.restored)
        try await folders.append(3, from: 47, to: DiskFolders.restored)
        #expect(try await folders.holds(50, DiskFolders.restored))
        try await folders.backUp(DiskFolders.restored, to: "/second")
        #expect(try await folders.holds(50, "/second"))
    }

    @Test func `a data folder that a crash has left is restored up to its last whole frame`() async throws {
        let folders = DiskFolders()
        try await folders.append(10)
        try folders.replaceZeros(with: [1, 2, 3, 4, 5])
        let report = try LogRestore.run(from: "/data", to: "/restored", files: folders.disk)
        #expect(report.tornBytes == 5)
        #expect(try await folders.holds(10, "/restored"))
    }

    @Test(arguments: [20, 4_100, 4_500])
    func `damage is refused with the position that can be restored, and what is before it is`(
        offset: Int
    ) async throws {
        let folders = DiskFolders()
        try await folders.append(40)
        try await folders.backUp()
        let logs = folders.contents(DiskFolders.backup).keys.filter { $0.hasSuffix(".log") }.sorted()
        let path = logs[1]
        folders.disk.flipBit(in: path, at: offset)
        let error = #expect(throws: EventLogError.self) { try restore(folders, .end) }
        guard case .damaged(let file, _, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(file == path)
        let said = reason.split(separator: " ").compactMap { Position($0) }.last
        // A header that can't be read says nothing of what is before it.
        let whole = try #require(
            offset == 20 ? Position(logs[1].suffix(24).dropLast(4)).map { $0 - 1 } : said
        )
        #expect(try restore(folders, .position(whole)).lastPosition == whole)
        #expect(try await folders.holds(Int(whole), DiskFolders.restored))
    }

    @Test func `a folder that isn't empty, a missing backup and one in use are refused`() async throws {
        let folders = DiskFolders()
        try await folders.append(5)
        try await folders.backUp()
        folders.disk.setContents(of: "/restored/notes.txt", [1])
        #expect(
            #expect(throws: EventLogError.self) { try restore(folders, .end) }?.code == "folder-not-empty"
        )
        let missing = #expect(throws: EventLogError.self) {
            try LogRestore.run(from: "/nowhere", to: "/new", files: folders.disk)
        }
        #expect(missing?.code == "no-log" && !folders.disk.exists("/new"))
        let log = try await folders.open()
        let held = #expect(throws: EventLogError.self) {
            try LogRestore.run(from: "/data", to: "/new", files: folders.disk)
        }
        #expect(held?.code == "log-locked")
        try await log.close()
    }

    @Test func `a restore that the power leaves at any operation is never taken for a log, and run again`()
        async throws
    {
        let folders = DiskFolders()
        try await folders.append(25)
        try await folders.backUp()
        let disk = folders.disk.processKill()
        _ = try restore(DiskFolders(disk), .position(20))
        let operations = disk.operationCount
        for number in 1...operations {
            let folders = DiskFolders(folders.disk.processKill())
            folders.disk.cutPower(afterOperation: number)
            // Whether it fails or is done just now, what is left counts.
            _ = try? restore(folders, .position(20))
            let after = DiskFolders(folders.disk.powerCut(seed: UInt64(number)))
            if after.disk.exists("/restored/log") {
                #expect(try await after.holds(20, DiskFolders.restored), "power cut after \(number)")
                continue
            }
            if after.disk.exists("/restored/log.restoring") {
                let error = await #expect(throws: EventLogError.self) {
                    try await after.open(DiskFolders.restored)
                }
                #expect(error?.code == "restore-unfinished")
            }
            #expect(try restore(after, .position(20)).lastPosition == 20)
            #expect(try await after.holds(20, DiskFolders.restored), "power cut after \(number)")
        }
    }
}

import TestSupport
import Testing

@testable import EventLog

/// Folders that a log must not be copied into.
@Suite struct BackupRefusalTests {
    private func refusal(
        _ folders: DiskFolders,
        to backup: String = DiskFolders.backup
    ) async throws
        -> EventLogError?
    {
        let log = try await folders.open()
        let before = folders.contents(backup)
        let error = #expect(throws: EventLogError.self) {
            try log.backup().copy(to: backup, files: folders.disk)
        }
        #expect(folders.contents(backup) == before, "what was there stays as it was")
        try await log.close()
        return error
    }

    @Test func `the backup of another log is refused`() async throws {
        let folders = DiskFolders()
        var other = DiskFolders.options(folders.disk)
        other.newIdentity = LogIdentity(id: EventID(high: 1, low: 1), scriptSeed: 1)
        let log = try await DiskLog.open(folder: "/other", options: other, clock: { 1 }, logger: .quiet)
        _ = try await log.commit(LogFolder.frame(0))
        _ = try log.backup().copy(to: DiskFolders.backup, files: folders.disk)
        try await log.close()
        try await folders.append(20)
        let error = try await refusal(folders)
        #expect(error?.code == "backup-mismatch")
        #expect(
            error?.description.contains("another log") == true || error?.description.contains("log ") == true
        )
    }

    @Test(arguments: [1, 5, 11, 12, 13, 30])
    func `a backup that has gone on by itself is refused`(more: Int) async throws {
        let folders = DiskFolders()
        try await folders.append(12)
        try await folders.backUp()
        // Other data than the log's own frames have.
        let log = try await folders.open(DiskFolders.backup, clock: TestClock(DiskFolders.start * 2))
        for number in 0..<3 {
            _ = try await log.commit(NewFrame(events: [.sample("Stray", "stray-\(number)")]))
        }
        try await log.close()
        try await folders.append(more, from: 12)
        #expect(try await refusal(folders)?.code == "backup-mismatch")
    }

    @Test func `a log that was restored to an earlier moment and went on isn't backed up over its past`()
        async throws
    {
        for kept in [3, 11, 12, 19] {
            let folders = DiskFolders()
            try await folders.append(20)
            try await folders.backUp()
            _ = try LogRestore.run(
                from: DiskFolders.backup,
                to: DiskFolders.restored,
                point: .position(Position(kept)),
                files: folders.disk
            )
            let log = try await folders.open(DiskFolders.restored, clock: TestClock(DiskFolders.start * 2))
            for number in 0..<40 {
                if number == 0 || number == 39 {
                    let before = folders.contents(DiskFolders.backup)
                    let error = #expect(throws: EventLogError.self) {
                        try log.backup().copy(to: DiskFolders.backup, files: folders.disk)
                    }
                    #expect(error?.code == "backup-mismatch", "kept \(kept), \(number) more")
                    #expect(folders.contents(DiskFolders.backup) == before)
                }
                _ = try await log.commit(NewFrame(events: [.sample("Other", "other-\(number)")]))
            }
            try await log.close()
        }
    }

    @Test func `a folder with other things in it is refused, and left alone`() async throws {
        let folders = DiskFolders()
        try await folders.append(3)
        folders.disk.setContents(of: "/home/letter.txt", [1, 2, 3])
        #expect(try await refusal(folders, to: "/home")?.code == "folder-not-empty")
        #expect(folders.disk.contents(of: "/home/LOCK") == nil)
    }

    @Test func `a folder that a log has is refused, the log's own first of all`() async throws {
        let folders = DiskFolders()
        try await folders.append(3)
        #expect(try await refusal(folders, to: DiskFolders.data)?.code == "log-locked")
    }

    @Test func `a list that makes no sense names no file here`() async throws {
        let folders = DiskFolders()
        try await folders.append(20)
        let log = try await folders.open()
        let good = try log.backup().listing
        let first = good.segments[0]
        let strange = BackupSegment(
            name: "../../etc/passwd",
            number: 1,
            firstPosition: 1,
            bytes: 4_096,
            isEnded: false,
            chain: 0
        )
        for segments in [[], [strange], [first], Array(good.segments.reversed()), [good.segments[1]]] {
            let listing = BackupListing(
                log: good.log,
                lastPosition: good.lastPosition,
                chain: good.chain,
                segments: segments
            )
            let error = #expect(throws: EventLogError.self) {
                try BackupWriter(folder: DiskFolders.backup, listing: listing, files: folders.disk)
            }
            #expect(error?.code == "backup-mismatch")
        }
        #expect(!folders.disk.exists(DiskFolders.backup))
        try await log.close()
    }

    @Test func `bytes that were changed on the way are not written`() async throws {
        let folders = DiskFolders()
        try await folders.append(20)
        let log = try await folders.open()
        let backup = try log.backup()
        for flipped in stride(from: 4_096, to: backup.listing.segments[0].bytes, by: 13) {
            var writer = try BackupWriter(
                folder: "/b\(flipped)",
                listing: backup.listing,
                files: folders.disk
            )
            let part = try #require(try writer.next())
            var bytes = try backup.bytes(of: part.segment, from: 0, atMost: .max)
            bytes[flipped] ^= 4
            let error = #expect(throws: EventLogError.self) {
                try writer.write(bytes[...])
                _ = try writer.next()
            }
            #expect(error?.code == "backup-mismatch")
        }
        try await log.close()
    }

    @Test(arguments: [20, 4_100, 4_300])
    func `a damaged log is backed up as far as it is whole, and never over a backup that has more`(
        offset: Int
    ) async throws {
        let folders = DiskFolders()
        try await folders.append(20)
        try await folders.backUp()
        let logs = folders.disk.paths.filter { $0.hasPrefix("/data/log/") && $0.hasSuffix(".log") }
        for path in folders.disk.paths where path.hasSuffix(".idx") { try folders.disk.remove(path) }
        folders.disk.flipBit(in: logs[2], at: offset)
        #expect(try await refusal(folders)?.code == "backup-mismatch")
        let report = try await folders.backUp(to: "/second")
        #expect(report.lastPosition > 0 && report.lastPosition < 20)
        #expect(try await folders.holds(Int(report.lastPosition), "/second"))
    }

    @Test func `a backup whose list of segments can't be read is read again, and gets a new list`()
        async throws
    {
        let folders = DiskFolders()
        try await folders.append(20)
        try await folders.backUp()
        folders.disk.flipBit(in: "/backup/MANIFEST", at: 40)
        try await folders.append(5, from: 20)
        try await folders.backUp()
        #expect(try await folders.holds(25, DiskFolders.backup))
    }

    @Test func `a segment that was taken out of a backup is copied again`() async throws {
        let folders = DiskFolders()
        try await folders.append(20)
        try await folders.backUp()
        let logs = folders.contents(DiskFolders.backup).keys.filter { $0.hasSuffix(".log") }.sorted()
        for path in logs {
            try folders.disk.remove(path)
            let report = try await folders.backUp()
            #expect(report.segmentsCopied == 1)
            #expect(try await folders.holds(20, DiskFolders.backup))
        }
    }
}

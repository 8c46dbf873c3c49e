import TestSupport
import Testing

@testable import EventLog

/// Copying a log while it goes on, again and again into one folder.
@Suite struct BackupTests {
    @Test func `a backup holds all of the log, opens as a log, and verifies`() async throws {
        let folders = DiskFolders()
        try await folders.append(40)
        let report = try await folders.backUp()
        #expect(report.lastPosition == 40 && report.segments > 3 && report.bytesKept == 0)
        #expect(report.segmentsCopied == report.segments)
        #expect(try await folders.holds(40, DiskFolders.backup))
        #expect(folders.disk.exists("/backup/MANIFEST"))
        let names = folders.contents(DiskFolders.backup).keys
        #expect(names.allSatisfy { $0.hasSuffix(".log") || $0.hasSuffix("/MANIFEST") })
    }

    @Test func `a log without events can be backed up, and later be continued`() async throws {
        let folders = DiskFolders()
        try await folders.append(0)
        #expect(try await folders.backUp().lastPosition == 0)
        #expect(try await folders.holds(0, DiskFolders.backup))
        try await folders.append(3)
        #expect(try await folders.backUp().segmentsCopied == 1)
        #expect(try await folders.holds(3, DiskFolders.backup))
    }

    @Test func `the next backup copies what is new, and nothing when nothing is`() async throws {
        let folders = DiskFolders()
        var bytes = 0
        for number in stride(from: 0, to: 60, by: 5) {
            try await folders.append(5, from: number)
            let report = try await folders.backUp()
            #expect(report.bytesKept == bytes)
            bytes = report.bytesKept + report.bytesCopied
            #expect(try await folders.holds(number + 5, DiskFolders.backup))
            let again = try await folders.backUp()
            #expect(again.bytesCopied == 0 && again.segmentsCopied == 0 && again.bytesKept == bytes)
        }
    }

    @Test func `ended segments that a backup has finished are not read again`() async throws {
        let folders = DiskFolders()
        try await folders.append(40)
        try await folders.backUp()
        let log = try await folders.open()
        let before = folders.disk.operationCount
        _ = try log.backup().copy(to: DiskFolders.backup, files: folders.disk)
        let reads = folders.disk.operations[before...].filter {
            $0.contains("read /backup/log/00000000000000000001.log")
        }
        #expect(reads.count <= 3, "the header twice, and the frame that ends it: \(reads)")
        try await log.close()
    }

    @Test func `what is committed behind the listing isn't part of the backup`() async throws {
        let folders = DiskFolders()
        try await folders.append(7)
        let log = try await folders.open()
        let backup = try log.backup()
        for number in 7..<30 { _ = try await log.commit(LogFolder.frame(number)) }
        _ = try backup.copy(to: DiskFolders.backup, files: folders.disk)
        #expect(try await folders.holds(7, DiskFolders.backup))
        _ = try log.backup().copy(to: DiskFolders.backup, files: folders.disk)
        #expect(try await folders.holds(30, DiskFolders.backup))
        try await log.close()
    }

    @Test func `backups beside commits are whole prefixes, and grow`() async throws {
        let folder = try LogFolder(options: DiskLogOptions(segmentBytes: 20_000))
        let backup = folder.folder.path("backup")
        let log = try await folder.open()
        let frames = 400
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in 0..<frames { _ = try await log.commit(LogFolder.frame(number)) }
            }
            group.addTask {
                var last: Position = 0
                while last < frames {
                    let before = log.lastPosition
                    let report = try log.backup().copy(to: backup)
                    #expect(report.lastPosition >= max(before, last))
                    last = report.lastPosition
                    let verified = try LogVerifier.run(backup)
                    #expect(verified.findings.isEmpty && verified.lastPosition == last)
                    // Gives the commits a turn on a machine with one core.
                    if last < frames { try await log.waitForEvent(after: last) }
                }
            }
            try await group.waitForAll()
        }
        try await log.close()
        let opened = try await DiskLog.open(folder: backup, logger: .quiet)
        #expect(try LogFolder.holds(frames, opened))
        try await opened.close()
    }

    @Test func `a restored folder and a backup that was run go on, and the next backup of them is good`()
        async throws
    {
        let folders = DiskFolders()
        try await folders.append(12)
        try await folders.backUp()
        // Opened by a host and not written to: zeros ahead, index files, and still a backup of the log.
        try await folders.open(DiskFolders.backup).close()
        try await folders.append(12, from: 12)
        try await folders.backUp()
        #expect(try await folders.holds(24, DiskFolders.backup))
    }

    @Test func `a log in memory has no backup`() {
        let error = #expect(throws: EventLogError.self) { try MemoryLog().backup() }
        #expect(error?.code == "not-available")
    }
}

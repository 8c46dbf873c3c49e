import TestSupport
import Testing

@testable import EventLog

/// Backups that break off at every operation, and are run again.
@Suite struct BackupFaultTests {
    /// A disk with a log of some frames and a backup of fewer, both closed.
    private func disk() async throws -> FaultyFileSystem {
        let folders = DiskFolders()
        try await folders.append(9)
        try await folders.backUp()
        try await folders.append(14, from: 9)
        return folders.disk.processKill()
    }

    /// Runs a backup on a disk, and numbers of its first and last operation.
    private func operations(_ disk: FaultyFileSystem) async throws -> ClosedRange<Int> {
        let folders = DiskFolders(disk.processKill())
        let log = try await folders.open()
        let first = folders.disk.operationCount + 1
        _ = try log.backup().copy(to: DiskFolders.backup, files: folders.disk)
        let last = folders.disk.operationCount
        try await log.close()
        return first...last
    }

    @Test func `a backup that the power leaves at any operation is run again and whole`() async throws {
        let disk = try await disk()
        for number in try await operations(disk) {
            for seed in [1, 2] as [UInt64] {
                let folders = DiskFolders(disk.processKill())
                let log = try await folders.open()
                folders.disk.cutPower(afterOperation: number)
                // Whether this one already fails or just the next makes no difference to what is left.
                _ = try? log.backup().copy(to: DiskFolders.backup, files: folders.disk)
                // The power is off, so the log can't be closed in order.
                try? await log.close()
                let after = DiskFolders(folders.disk.powerCut(seed: seed &+ UInt64(number)))
                try await after.backUp()
                #expect(try await after.holds(23, DiskFolders.backup), "power cut after \(number)")
                #expect(try await after.holds(23, DiskFolders.data))
            }
        }
    }

    @Test func `a backup that was killed at any operation opens as an earlier state, and is run again`()
        async throws
    {
        let disk = try await disk()
        for number in try await operations(disk) {
            let folders = DiskFolders(disk.processKill())
            let log = try await folders.open()
            folders.disk.cutPower(afterOperation: number)
            // As above.
            _ = try? log.backup().copy(to: DiskFolders.backup, files: folders.disk)
            // As above.
            try? await log.close()
            let killed = DiskFolders(folders.disk.processKill())
            let opened = try await killed.open(DiskFolders.backup)
            #expect(opened.recovery.damage == nil, "\(opened.recovery)")
            #expect(opened.lastPosition >= 9)
            #expect(try LogFolder.holds(Int(opened.lastPosition), opened))
            try await opened.close()
            let again = DiskFolders(folders.disk.processKill())
            try await again.backUp()
            #expect(try await again.holds(23, DiskFolders.backup), "killed after \(number)")
        }
    }

    @Test(arguments: FileFault.allCases)
    func `a backup that fails at any operation says so, harms nothing, and is run again`(
        fault: FileFault
    ) async throws {
        let disk = try await disk()
        for number in try await operations(disk) {
            let folders = DiskFolders(disk.processKill())
            let log = try await folders.open()
            folders.disk.fail(operation: number, with: fault)
            do {
                _ = try log.backup().copy(to: DiskFolders.backup, files: folders.disk)
                // A lock is held also when a full disk has no room for its holder's name.
                let isOfLock = folders.disk.operations[number - 1].contains("/LOCK")
                let isTold = folders.disk.faultCount == 0 || fault == .diskFull && isOfLock
                #expect(isTold, "operation \(number) failed, and nobody said so")
            } catch {
                #expect(["file-error", "disk-full", "log-damaged"].contains(error.code), "\(error)")
            }
            folders.disk.mend()
            _ = try log.backup().copy(to: DiskFolders.backup, files: folders.disk)
            try await log.close()
            let after = DiskFolders(folders.disk.powerCut(seed: UInt64(number)))
            #expect(try await after.holds(23, DiskFolders.backup), "\(fault) at \(number)")
        }
    }
}

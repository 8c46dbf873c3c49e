import TestSupport
import Testing

@testable import EventLog

/// A log on a disk in memory, small segments and small index files, and what is beside it.
struct DiskFolders {
    let disk: FaultyFileSystem
    static let data = "/data"
    static let backup = "/backup"
    static let restored = "/restored"

    init(_ disk: FaultyFileSystem = FaultyFileSystem()) {
        self.disk = disk
    }

    static func options(_ disk: FaultyFileSystem) -> DiskLogOptions {
        var options = DiskLogOptions(
            segmentBytes: 5_000,
            newIdentity: LogIdentity(id: EventID(high: 7, low: 9), scriptSeed: 11)
        )
        options.fileSystem = disk
        options.background = .inline
        options.indexMergeCount = 2
        return options
    }

    /// Opens the log in a folder; its commits come a second apart.
    func open(_ folder: String = data, clock: TestClock = TestClock()) async throws -> DiskLog {
        try await DiskLog.open(
            folder: folder,
            options: Self.options(disk),
            clock: clock.reading,
            logger: .quiet
        )
    }

    static let start: LogTime = 1_700_000_000_000_000

    /// Opens the log, appends so many frames, and closes it; frame N has the time of `start` and N seconds.
    func append(_ frames: Int, from number: Int = 0, to folder: String = data) async throws {
        let clock = TestClock()
        let log = try await open(folder, clock: clock)
        for number in number..<number + frames {
            clock.set(Self.start + LogTime(number) * 1_000_000)
            _ = try await log.commit(LogFolder.frame(number))
        }
        try await log.close()
    }

    /// What backing the log up does, with the log open for just that.
    @discardableResult
    func backUp(_ folder: String = data, to backup: String = backup) async throws -> BackupReport {
        let log = try await open(folder)
        let report = try log.backup().copy(to: backup, files: disk)
        try await log.close()
        return report
    }

    /// Whether a folder's log is whole and holds exactly the first so many frames.
    ///
    /// It is looked at on a copy of the disk, so the folder stays as it is.
    func holds(_ frames: Int, _ folder: String) async throws -> Bool {
        let copy = DiskFolders(disk.processKill())
        guard try LogVerifier.run(folder, files: copy.disk).findings.isEmpty else { return false }
        let log = try await copy.open(folder)
        let isWhole = log.recovery.damage == nil && log.recovery.tornBytes == 0
        let holds = try isWhole && LogFolder.holds(frames, log)
        try await log.close()
        return holds
    }

    /// The newest segment of a folder, and where its last frame ends.
    func newest(_ folder: String = data) throws -> (path: String, end: Int) {
        let path = try #require(disk.paths.last { $0.hasPrefix(folder + "/log/") && $0.hasSuffix(".log") })
        let segment = try Segment.open(path, .read, disk)
        var scanner = try SegmentScanner(segment.file, seed: Checksum.seed(of: segment.header.identity.id))
        var end = segment.firstFrame
        while end < scanner.size, case .frame(let frame) = try scanner.frame(at: end) {
            end += frame.range.count
        }
        return (path, end)
    }

    /// Puts bytes behind the last frame of a folder's newest segment, in the place of zeros ahead.
    func replaceZeros(with bytes: [UInt8], of folder: String = data) throws {
        let (path, end) = try newest(folder)
        disk.setContents(of: path, Array(try #require(disk.contents(of: path))[..<end]) + bytes)
    }

    /// The files of a folder with their bytes, its lock aside.
    func contents(_ folder: String) -> [String: [UInt8]] {
        var contents: [String: [UInt8]] = [:]
        for path in disk.paths where path.hasPrefix(folder + "/") && !path.hasSuffix("/LOCK") {
            contents[path] = disk.contents(of: path)
        }
        return contents
    }
}

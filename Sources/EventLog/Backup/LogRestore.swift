/// Makes a data folder of a backup, or of another data folder that nobody uses: the whole log, or the log as
/// it was.
///
/// The segments are written to `log.restoring` in the new folder, flushed, and become `log` by one rename. So
/// a restore that is broken off leaves a folder that no host opens, and is simply run again. Every frame is
/// checked while it is copied. The restored log is the same log: it keeps its id, and goes on from the last
/// frame; indexes and read models are derived, and built again by the host.
///
/// Invariants: the backup is only read; a folder that holds anything else isn't touched.
public struct LogRestore {
    /// What the segments' folder is named until it is whole.
    static let unfinishedFolder = LogFolderFiles.segmentFolder + ".restoring"

    private let source: String
    private let data: String
    let point: RestorePoint
    let files: any FileSystem
    let progress: LogProgress
    private let lock: FolderLock
    var manifest: Manifest?
    var order = FrameOrder()
    var address: UInt64 = 0
    var report = RestoreReport()
    var bytesTotal = 0

    /// Restores a backup into a folder that is new or empty.
    ///
    /// - Throws: `EventLogError.noLog`, `.folderNotEmpty`, `.locked` while somebody has one of the two
    ///   folders, and `.damaged` when a frame that is wanted isn't as it was written.
    public static func run(
        from backup: String,
        to data: String,
        point: RestorePoint = .end,
        progress: LogProgress = .none
    ) throws(EventLogError) -> RestoreReport {
        try run(from: backup, to: data, point: point, files: POSIXFileSystem(), progress: progress)
    }

    /// The same on any file system.
    package static func run(
        from backup: String,
        to data: String,
        point: RestorePoint = .end,
        files: any FileSystem,
        progress: LogProgress = .none
    ) throws(EventLogError) -> RestoreReport {
        let names = try LogFolderFiles.segmentNames(in: backup, files)
        if let holder = try FolderLock.holder(of: backup, files) {
            throw .locked(folder: backup, holder: holder)
        }
        guard !files.exists(backup + "/" + unfinishedFolder) else { throw .restoreUnfinished(folder: backup) }
        var restore = try LogRestore(backup, data, point, files, progress)
        return try restore.run(names)
    }

    private init(
        _ source: String,
        _ data: String,
        _ point: RestorePoint,
        _ files: any FileSystem,
        _ progress: LogProgress
    ) throws(EventLogError) {
        self.source = source
        self.data = data
        self.point = point
        self.files = files
        self.progress = progress
        try Self.checkIsFree(data, files)
        try files.makeFolder(data)
        lock = try FolderLock(folder: data, files)
        try files.makeFolder(data + "/" + Self.unfinishedFolder)
    }

    /// What a restore that was broken off has left may be in the folder, and nothing else.
    private static func checkIsFree(_ data: String, _ files: any FileSystem) throws(EventLogError) {
        guard files.exists(data) else { return }
        let names = try files.names(in: data)
        var ours: Set = [FolderLock.fileName, unfinishedFolder]
        if names.contains(unfinishedFolder) {
            ours.formUnion([Manifest.fileName, Manifest.fileName + files.unfinishedSuffix])
        }
        guard ours.isSuperset(of: names) else { throw .folderNotEmpty(folder: data) }
    }

    var target: String { data + "/" + Self.unfinishedFolder }

    private mutating func run(_ names: [String]) throws(EventLogError) -> RestoreReport {
        for name in try files.names(in: target) { try files.remove(target + "/" + name) }
        let listed = try readManifest()
        let folder = source + "/" + LogFolderFiles.segmentFolder
        for name in names {
            bytesTotal += try files.open(folder + "/" + name, .read).size()
        }
        var isCut = false
        for (number, name) in names.enumerated() where !isCut {
            isCut = try copy(folder + "/" + name, number: number, isNewest: number == names.count - 1)
        }
        if !isCut, !point.isReached(at: order.end.lastPosition), let listed,
            let gone = listed.segments.dropFirst(names.count).first
        {
            let name = Segment.fileName(firstPosition: gone.firstPosition)
            throw damaged(folder + "/" + name, 0, "the segment is gone")
        }
        try files.flushFolder(target)
        if var manifest {
            // A segment is listed when the one behind it is there, and the newest has none.
            if manifest.segments.count == report.segments { manifest.segments.removeLast() }
            try files.replace(data + "/" + Manifest.fileName, with: manifest.encoded())
        }
        try files.rename(target, to: data + "/" + LogFolderFiles.segmentFolder)
        try files.flushFolder(data)
        report.lastPosition = order.end.lastPosition
        report.lastTime = order.end.time == .min ? nil : order.end.time
        lock.release()
        return report
    }

    /// The list of the backup's segments; one that can't be read is told, and done without, as by a host.
    private mutating func readManifest() throws(EventLogError) -> Manifest? {
        do throws(EventLogError) {
            return try Manifest.read(source, files)
        } catch .damaged(_, _, let reason) {
            report.manifestFault = reason
            return nil
        }
    }
}

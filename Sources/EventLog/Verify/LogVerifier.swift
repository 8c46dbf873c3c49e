/// Reads all of a data folder and says what in it isn't as it was written: every segment frame by frame, the
/// list of segments, and every index file against the segments that it covers.
///
/// It changes nothing and needs no lock, so it works on a backup, and beside a host; then what stands behind
/// the newest whole frame isn't judged, because it may be a write that is under way.
///
/// Behind the first damage revisions and marks can't be known; from there on frames are held against their
/// checksums and each other alone, and index files against their own checksums.
///
/// Invariant: memory holds the index of one segment, and the list of names and marks; older segments are
/// looked up in index files that were compared before, or in files that are made for that in a scratch
/// folder.
public struct LogVerifier {
    let folder: String
    let files: any FileSystem
    let progress: LogProgress
    /// Where indexes are kept for segments that have no good index file; nil keeps them in memory.
    let scratch: String?

    var report: VerifyReport
    var comparisons: [IndexComparison] = []
    /// All segments so far, if none of them is damaged.
    var replay: LogReplay?
    /// The segment before.
    var last: (header: SegmentHeader, length: Int)?
    /// Whether the newest segment that was read has its end frame.
    var isEnded = false
    var bytesDone = 0
    private(set) var bytesTotal = 0

    /// Verifies a data folder.
    ///
    /// The scratch folder must be empty, and may be filled with up to a fifth of the log's size, as far as
    /// the log has no index files; nil holds that in memory. The progress is told how many of all bytes were
    /// read.
    ///
    /// - Throws: `EventLogError.noLog`, and `.file` when something can't be read at all.
    public static func run(
        _ folder: String,
        scratch: String? = nil,
        progress: LogProgress = .none
    ) throws(EventLogError) -> VerifyReport {
        try run(folder, scratch: scratch, files: POSIXFileSystem(), progress: progress)
    }

    /// The same on any file system.
    package static func run(
        _ folder: String,
        scratch: String? = nil,
        files: any FileSystem,
        progress: LogProgress = .none
    ) throws(EventLogError) -> VerifyReport {
        var verifier = LogVerifier(folder, scratch, files, progress)
        try verifier.run()
        return verifier.report
    }

    private init(_ folder: String, _ scratch: String?, _ files: any FileSystem, _ progress: LogProgress) {
        self.folder = folder
        self.scratch = scratch
        self.files = files
        self.progress = progress
        report = VerifyReport(folder: folder)
    }

    var logFolder: String { folder + "/" + LogFolderFiles.segmentFolder }

    mutating func add(_ kind: LogFinding.Kind, _ file: String, at offset: Int? = nil, _ detail: String) {
        report.findings.append(LogFinding(kind, file, at: offset, detail))
    }

    /// Whether no damage to the segments was found so far: all else is derived from them.
    var segmentsAreWhole: Bool { !report.findings.contains { $0.kind.isOfSegments } }

    private mutating func run() throws(EventLogError) {
        report.holder = try FolderLock.holder(of: folder, files)
        // The list before the names: a segment that begins meanwhile is then one more than was listed.
        let manifest = try readManifest()
        let segments = try LogFolderFiles.segmentNames(in: folder, files)
        let names = try files.names(in: logFolder)
        try findLeftovers(names)
        for name in segments {
            bytesTotal += try files.open(logFolder + "/" + name, .read).size()
        }
        try openIndexes(names.filter { $0.hasSuffix(IndexFolder.suffix) }, of: segments)
        for (number, name) in segments.enumerated() {
            try verifySegment(logFolder + "/" + name, isNewest: number == segments.count - 1)
        }
        if let manifest { compare(manifest, with: segments) }
        if segmentsAreWhole { findUncompared() }
        report.bytes = bytesDone
    }

    private mutating func readManifest() throws(EventLogError) -> Manifest? {
        do throws(EventLogError) {
            return try Manifest.read(folder, files)
        } catch .damaged(let file, let offset, let reason) {
            add(.manifestDamaged, file, at: offset, reason)
            return nil
        }
    }

    private mutating func findLeftovers(_ names: [String]) throws(EventLogError) {
        let unfinished = folder + "/" + LogRestore.unfinishedFolder
        if files.exists(unfinished) { add(.restoreUnfinished, unfinished, "it was to become the log") }
        // Beside a host it is one that is being made.
        guard report.holder == nil else { return }
        for name in names where name.hasSuffix(files.unfinishedSuffix) {
            add(.unfinishedFile, logFolder + "/" + name, "a crash kept it from being made")
        }
    }

    func tell() {
        progress.tell(min(bytesDone, bytesTotal), of: bytesTotal)
    }

    mutating func addToTotal(_ bytes: Int) {
        bytesTotal += bytes
    }

    // MARK: The list of segments

    private mutating func compare(_ manifest: Manifest, with names: [String]) {
        let path = folder + "/" + Manifest.fileName
        if let log = last?.header.identity.id, manifest.log != log {
            return add(.manifestMismatch, path, "it lists the segments of the log \(manifest.log)")
        }
        for (place, line) in manifest.segments.enumerated() {
            let name = Segment.fileName(firstPosition: line.firstPosition)
            guard names.contains(name) else {
                add(.segmentMissing, logFolder + "/" + name, "\(Manifest.fileName) lists it")
                continue
            }
            if place >= names.count || names[place] != name || line.number != UInt64(place) + 1 {
                add(.manifestMismatch, path, "\(name) isn't segment \(line.number)")
            } else if let length = lengths[name], length != line.length {
                add(.manifestMismatch, path, "\(name) has \(length) bytes, not \(line.length)")
            }
        }
        if let name = names.last, let reason = manifest.isMissingOne(behind: name) {
            add(.segmentMissing, logFolder + "/" + name, reason)
        }
    }

    /// The lengths of the ended segments, by name.
    var lengths: [String: Int] = [:]
}

/// Fills a backup folder: asks for the bytes that are missing there, and writes them once they have proved to
/// be the next frames of the log.
///
/// The folder is a data folder like any other, without what is derived: `log/` and, written last, `MANIFEST`.
///
///     while let part = try writer.next() { …write(bytes) until the part's segment is all there… }
///     try writer.finish()
///
/// Invariants: nothing is written that isn't the next frame behind what is there, so what is there stays a
/// prefix of the log, and a backup of another log, or of another history of this one, keeps every frame that
/// it has. Broken off at any point, the same is done again from what is there. Called by `LogBackup.copy`,
/// and by whoever gets the bytes from another machine.
public struct BackupWriter: Sendable {
    /// Bytes of a segment that are wanted next.
    public struct Part: Sendable {
        /// Of which segment.
        public let segment: BackupSegment
        /// From where, to the segment's durable end.
        public let offset: Int
    }

    /// What the folder will hold.
    public let listing: BackupListing

    let folder: String
    let files: any FileSystem
    private let lock: FolderLock
    /// The segments that an earlier backup has finished.
    let finished: Manifest?
    /// The place in the listing of the segment that comes next.
    private var place = 0
    private var copying: Copying?
    /// Where the frames end that are there.
    var order = FrameOrder()
    /// The address of the segment that comes next.
    private var address: UInt64 = 0

    private(set) var report = BackupReport()

    /// How many of all bytes are there.
    public var bytesDone: Int { report.bytesKept + report.bytesCopied }

    /// A segment that is being copied.
    private struct Copying {
        let segment: BackupSegment
        /// The address of its first byte.
        let start: UInt64
        /// nil until its header is there.
        var file: (any File)?
        var frames: FrameGathering?
        /// As much of the header as has come.
        var header: [UInt8] = []
    }

    /// Takes a folder for a backup, making it when there is none.
    ///
    /// - Throws: `EventLogError.locked` while somebody else has it, `.folderNotEmpty` when it holds other
    ///   things, `.backupMismatch` when it holds another log.
    public init(folder: String, listing: BackupListing) throws(EventLogError) {
        try self.init(folder: folder, listing: listing, files: POSIXFileSystem())
    }

    /// The same on any file system.
    package init(
        folder: String,
        listing: BackupListing,
        files: any FileSystem
    ) throws(EventLogError) {
        if let fault = listing.fault { throw .backupMismatch(folder: folder, reason: fault) }
        try Self.checkIsFree(folder, files)
        try files.makeFolder(folder)
        lock = try FolderLock(folder: folder, files)
        try files.makeFolder(folder + "/" + LogFolderFiles.segmentFolder)
        self.folder = folder
        self.files = files
        self.listing = listing
        do throws(EventLogError) {
            finished = try Manifest.read(folder, files)
        } catch .damaged {
            // Then no segment counts as finished: all are read again, and the list is written anew.
            finished = nil
        }
        try checkNames()
    }

    /// A folder with other things in it was named by mistake.
    private static func checkIsFree(
        _ folder: String,
        _ files: any FileSystem
    ) throws(EventLogError) {
        guard files.exists(folder), !files.exists(folder + "/" + LogFolderFiles.segmentFolder) else { return }
        let ours = [FolderLock.fileName, Manifest.fileName]
        for name in try files.names(in: folder) where !ours.contains(where: name.hasPrefix) {
            throw .folderNotEmpty(folder: folder)
        }
    }

    var logFolder: String { folder + "/" + LogFolderFiles.segmentFolder }

    func mismatch(_ reason: String) -> EventLogError {
        .backupMismatch(folder: folder, reason: reason)
    }

    /// What is missing next; nil when all is there.
    ///
    /// The part before must have been written to its end.
    public mutating func next() throws(EventLogError) -> Part? {
        try finishPart()
        while place < listing.segments.count {
            let segment = listing.segments[place]
            let start = address
            place += 1
            address += UInt64(segment.bytes)
            guard files.exists(logFolder + "/" + segment.name) else {
                copying = Copying(segment: segment, start: start)
                return Part(segment: segment, offset: 0)
            }
            let present = try present(segment, at: start)
            report.bytesKept += present.length
            guard present.length < segment.bytes else { continue }
            copying = Copying(
                segment: segment,
                start: start,
                file: present.file,
                frames: frames(at: start + UInt64(present.length))
            )
            return Part(segment: segment, offset: present.length)
        }
        return nil
    }

    private func frames(at address: UInt64) -> FrameGathering {
        FrameGathering(seed: Checksum.seed(of: listing.log), behind: order, at: address)
    }

    /// Writes the next bytes of the part, as far as they are whole frames.
    ///
    /// - Throws: `EventLogError.backupMismatch` for bytes that can't follow what is there.
    public mutating func write(_ bytes: ArraySlice<UInt8>) throws(EventLogError) {
        guard var part = copying else { preconditionFailure("bytes are written for a part") }
        copying = nil
        defer { copying = part }
        let rest = part.frames == nil ? try takeHeader(bytes, &part) : bytes
        guard !rest.isEmpty, let file = part.file else { return }
        let start = part.start
        var written = 0
        let fault = try part.frames?.add(rest) { (frames, address) throws(EventLogError) in
            try file.write(frames, at: Int(address - start))
            written = frames.count
        }
        report.bytesCopied += written
        if let fault { throw mismatch("\(part.segment.name): \(fault.reason)") }
    }

    /// Takes bytes of a segment's header; when it is all there, makes the segment, and returns what is left.
    private mutating func takeHeader(
        _ bytes: ArraySlice<UInt8>,
        _ part: inout Copying
    ) throws(EventLogError) -> ArraySlice<UInt8> {
        part.header += bytes
        let read: SegmentHeader?
        do throws(FrameFault) {
            read = try SegmentHeader.whole(in: part.header)
            if let read {
                try check(read, part.segment, at: part.start)
                // It is written anew from what was understood of it, so that must be all of it.
                guard read.encoded().elementsEqual(part.header[..<read.length]) else {
                    throw FrameFault("its header was written by a newer version")
                }
            }
        } catch {
            throw mismatch("\(part.segment.name): \(error.reason)")
        }
        guard let header = read else { return [] }
        part.file = try Segment.create(in: logFolder, header, files).file
        order = FrameOrder(before: header)
        part.frames = frames(at: part.start + UInt64(header.length))
        report.bytesCopied += header.length
        defer { part.header = [] }
        return part.header[header.length...]
    }

    /// Makes the segment that was copied durable; it must be all there.
    private mutating func finishPart() throws(EventLogError) {
        guard let part = copying else { return }
        guard let file = part.file, let frames = part.frames, !frames.isInsideFrame,
            frames.address == part.start + UInt64(part.segment.bytes)
        else { throw mismatch("\(part.segment.name): the log gave other bytes than it had listed") }
        copying = nil
        order = frames.order
        report.segmentsCopied += 1
        // Behind the frames there may be what a backup that was broken off had left.
        if try file.size() > part.segment.bytes { try file.truncate(to: part.segment.bytes) }
        try file.flush()
    }

    /// Makes the backup one: the list of its segments takes the place of the one before.
    ///
    /// `next` has returned nil.
    ///
    /// - Throws: `EventLogError.backupMismatch` when what is there isn't what the log holds.
    public mutating func finish() throws(EventLogError) -> BackupReport {
        precondition(copying == nil && place == listing.segments.count, "everything has been copied")
        guard order.end.chain == listing.chain, order.end.lastPosition == listing.lastPosition else {
            throw mismatch("its newest frame is another one than the log's")
        }
        var manifest = Manifest(log: listing.log)
        for segment in listing.segments where segment.isEnded { manifest.add(segment) }
        // A run that failed may have left names that aren't durable, so both folders are flushed in any case.
        try files.flushFolder(logFolder)
        if manifest != finished {
            try files.replace(folder + "/" + Manifest.fileName, with: manifest.encoded())
        } else {
            try files.flushFolder(folder)
        }
        report.lastPosition = listing.lastPosition
        report.segments = listing.segments.count
        lock.release()
        return report
    }
}

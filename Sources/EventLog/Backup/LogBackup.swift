/// A disk log as it was at one moment, to be copied while it goes on.
///
/// Its bytes never change, so any number of copies can be made of it, in parts and at any time. It holds the
/// segments' files open.
public struct LogBackup: Sendable {
    /// What there is to copy.
    public let listing: BackupListing

    private let files: [Segment]

    init(_ listing: BackupListing, files: [Segment]) {
        self.listing = listing
        self.files = files
    }

    /// The segment of a name; nil when the log has none of that name.
    public func segment(named name: String) -> BackupSegment? {
        listing.segments.first { $0.name == name }
    }

    /// Bytes of a segment from an offset on, at most so many, and none behind its durable end.
    ///
    /// - Throws: `EventLogError.file` when they can't be read, or the segment is none of this log.
    public func bytes(
        of segment: BackupSegment,
        from offset: Int,
        atMost count: Int
    ) throws(EventLogError) -> [UInt8] {
        guard offset >= 0,
            let file = files.first(where: { $0.header.firstPosition == segment.firstPosition })?.file
        else { throw .file(operation: "read", path: segment.name, reason: "this log has no such bytes") }
        let wanted = min(count, segment.bytes - offset)
        guard wanted > 0 else { return [] }
        let bytes = try file.read(wanted, at: offset)
        guard bytes.count == wanted else {
            throw .damaged(file: file.path, offset: offset + bytes.count, reason: "the file has lost its end")
        }
        return bytes
    }

    /// Copies the log into a backup folder: what is missing there, and nothing else.
    ///
    /// The progress is told how many of all bytes are there.
    ///
    /// - Throws: what `BackupWriter` throws.
    public func copy(
        to folder: String,
        progress: LogProgress = .none
    ) throws(EventLogError) -> BackupReport {
        try copy(to: folder, files: POSIXFileSystem(), progress: progress)
    }

    /// The same on any file system.
    package func copy(
        to folder: String,
        files: any FileSystem,
        progress: LogProgress = .none
    ) throws(EventLogError) -> BackupReport {
        var writer = try BackupWriter(folder: folder, listing: listing, files: files)
        while let part = try writer.next() {
            var offset = part.offset
            while offset < part.segment.bytes {
                let bytes = try bytes(of: part.segment, from: offset, atMost: Self.bytesAtOnce)
                try writer.write(bytes[...])
                offset += bytes.count
                progress.tell(writer.bytesDone, of: listing.bytes)
            }
        }
        return try writer.finish()
    }

    /// Read and written with one call each: enough to keep a disk busy.
    private static let bytesAtOnce = 1 << 20
}

/// Somebody who wants to know how far a long piece of work is.
public struct LogProgress: Sendable {
    private let told: @Sendable (_ done: Int, _ total: Int) -> Void

    /// Somebody who is told, in bytes.
    public init(_ told: @escaping @Sendable (_ done: Int, _ total: Int) -> Void) {
        self.told = told
    }

    /// Nobody.
    public static let none = LogProgress { _, _ in }

    func tell(_ done: Int, of total: Int) {
        told(done, total)
    }
}

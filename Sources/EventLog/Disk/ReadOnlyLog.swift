/// The log of a data folder or a backup as it stands, for reading alone.
///
/// It takes no lock and changes nothing, so it works beside a host; what a host writes later isn't seen. Of a
/// damaged log it has what is before the damage.
///
/// A fork of it takes commits, which stay in memory.
public final class ReadOnlyLog: EventLog {
    /// Who this log is.
    public let identity: LogIdentity

    /// What reading the folder found; what it says was mended is mended in memory alone.
    public let recovery: RecoveryReport

    private let index: SharedIndex
    private let reader: LogReader

    /// Reads a data folder, on a thread of its own.
    ///
    /// - Throws: `EventLogError.noLog`, `.damaged` when not even the first segment's header can be read,
    ///   `.file` when something can't be read at all.
    public static func open(folder: String) async throws(EventLogError) -> ReadOnlyLog {
        try await open(folder: folder, files: POSIXFileSystem())
    }

    /// The same on any file system.
    package static func open(
        folder: String,
        files: any FileSystem
    ) async throws(EventLogError) -> ReadOnlyLog {
        try await LogThread.run { () throws(EventLogError) in try ReadOnlyLog(folder, files) }
    }

    private init(_ folder: String, _ files: any FileSystem) throws(EventLogError) {
        _ = try LogFolderFiles.segmentNames(in: folder, files)
        var options = DiskLogOptions()
        options.fileSystem = ReadOnlyFileSystem(files)
        let found = try Recovery.run(folder + "/" + LogFolderFiles.segmentFolder, options)
        guard let newest = found.segments.last else { throw .noLog(folder: folder) }
        identity = newest.header.identity
        recovery = found.report
        index = SharedIndex(found.index)
        reader = LogReader(index: index, source: SegmentFiles(found.segments), identity: identity)
    }

    /// Why it takes no appends.
    public var readOnlyReason: String? { "it was opened for reading" }

    /// Position of the newest event.
    public var lastPosition: Position { index.lastPosition }

    /// Refused.
    public func commit(_ frame: NewFrame) async throws(EventLogError) -> Receipt {
        throw .readOnly(reason: "it was opened for reading")
    }

    /// A page of events.
    public func read(_ request: ReadRequest) throws(EventLogError) -> EventBatch { try reader.read(request) }

    /// Revision of the newest event of a stream.
    public func revision(of stream: StreamName) throws(EventLogError) -> Revision? {
        try index.visibleRevision(of: stream)
    }

    /// The receipt of the commit that carried a key.
    public func receipt(forKey key: String) throws(EventLogError) -> Receipt? {
        try reader.receipt(forKey: key)
    }

    /// The progress of a processor, lane by lane.
    public func marks(of processor: String) throws(EventLogError) -> [Int: Position] {
        index.withIndex { $0.visibleMarks(of: processor) }
    }

    /// A copy-on-write view of the log, as of a position.
    public func fork(at position: Position) throws(EventLogError) -> any EventLog {
        MemoryLog(try LogFork(of: reader, at: position), clock: LogClock.system)
    }

    /// Returns when there is such an event already; nothing comes any more.
    ///
    /// - Throws: `EventLogError.notAvailable` when there is none.
    public func waitForEvent(after position: Position) async throws {
        guard lastPosition <= position else { return }
        throw EventLogError.notAvailable("waiting for events of a log that was opened for reading")
    }

    /// Lets go of nothing: the files are closed with the log.
    public func close() async throws(EventLogError) {}
}

import Logging
import Synchronization

/// The log on a disk: segment files in a folder of its own, one process at a time.
///
/// - `commit` answers when the frame has been flushed; commits that come while a flush runs share the next.
/// - Reads run beside it, and never wait for it.
/// - After a write or flush that failed, and for a log in which damage was found, `readOnlyReason` says why
///   appends are refused; reads go on.
///
/// The format is described in `LogFormat.md`, opening in `Recovery`, writing in `DiskWriter`.
public final class DiskLog: EventLog {
    /// Who this log is.
    public let identity: LogIdentity

    /// What opening the folder found.
    public let recovery: RecoveryReport

    let shared: DiskWriter.Shared
    private let lock: FolderLock
    private let clock: LogClock.Reading
    private let isClosed = Atomic(false)

    /// Opens the log in a folder, making the folder and the log when there are none.
    ///
    /// Reads what has no index file yet, on a thread of its own.
    ///
    /// - Throws: `EventLogError.locked` when another process has the folder, `.damaged` when not even the
    ///   first
    ///   segment's header can be read, `.file` when the system refuses an operation.
    public static func open(
        folder: String,
        options: DiskLogOptions = DiskLogOptions(),
        clock: @escaping LogClock.Reading = LogClock.system,
        logger: Logger
    ) async throws(EventLogError) -> DiskLog {
        try await LogThread.run { () throws(EventLogError) in
            try DiskLog(folder: folder, options: options, clock: clock, logger: logger)
        }
    }

    private init(
        folder: String,
        options: DiskLogOptions,
        clock: @escaping LogClock.Reading,
        logger: Logger
    ) throws(EventLogError) {
        let segmentFolder = folder + "/" + LogFolderFiles.segmentFolder
        // An empty log in the place of one that was to be restored would be taken for the truth.
        guard !options.fileSystem.exists(folder + "/" + LogRestore.unfinishedFolder) else {
            throw .restoreUnfinished(folder: folder)
        }
        try options.fileSystem.makeFolder(segmentFolder)
        lock = try FolderLock(folder: folder, options.fileSystem)
        let recovery = try Recovery.run(segmentFolder, options)
        guard let newest = recovery.segments.last else {
            throw .damaged(file: segmentFolder, offset: 0, reason: "there is no segment")
        }
        let identity = newest.header.identity
        self.identity = identity
        self.recovery = recovery.report

        shared = DiskWriter.Shared(recovery, folder: segmentFolder, identity, options, logger)
        self.clock = clock
        guard recovery.report.damage == nil else {
            logger.error("the log is damaged and read-only: \(recovery.report)")
            shared.queue.finish()
            return
        }
        let sequencer = Sequencer(
            index: shared.index,
            identity: identity,
            from: recovery.start,
            clock: clock
        )
        if recovery.nextHeader == nil {
            try shared.zeros.begin(newest.file, used: Int(recovery.start.address - newest.address))
        }
        try start(
            DiskWriter(
                sequencer: sequencer,
                segment: newest,
                nextHeader: recovery.nextHeader,
                folder: segmentFolder,
                options: options,
                shared: shared
            ),
            options
        )
    }

    /// Starts the log's threads: the writer, and those that do what needn't be done before an answer.
    ///
    /// They hold the lock too: a log that is dropped without being closed lets go of the folder only when its
    /// writer has written what was queued.
    private func start(_ writer: DiskWriter, _ options: DiskLogOptions) throws(EventLogError) {
        let threads = LogThreads()
        do throws(EventLogError) {
            if options.background == .threads {
                try threads.start { [shared] in shared.zeros.run() }
                try threads.start { [shared] in shared.sealer.run() }
            }
            try LogThread.start { [lock, shared] in
                writer.run()
                Self.end(threads, shared)
                lock.release()
                shared.queue.finish()
            }
        } catch {
            Self.end(threads, shared)
            throw error
        }
    }

    /// Ends the threads beside the writer; behind it nobody changes a file.
    private static func end(_ threads: LogThreads, _ shared: DiskWriter.Shared) {
        shared.zeros.close()
        shared.sealer.close()
        threads.waitUntilEnded()
        shared.sealer.waitUntilIdle()
    }

    deinit {
        shared.queue.close()
        shared.waiters.close()
    }

    /// Where commits wait; its `waitUntilFinished` outlives the log.
    var queue: CommitQueue { shared.queue }

    /// Why the log takes no appends (a write failed, damage was found); nil while it does.
    public var readOnlyReason: String? { shared.failure.reason }

    /// Position of the newest durable event; 0 while the log is empty.
    public var lastPosition: Position { shared.index.lastPosition }

    /// Makes a frame durable, or refuses it.
    public func commit(_ frame: NewFrame) async throws(EventLogError) -> Receipt {
        let size = try FrameCheck.check(frame)
        try checkOpen()
        if let reason = shared.failure.reason { throw .readOnly(reason: reason) }
        let outcome = await withCheckedContinuation { continuation in
            shared.queue.push(PendingCommit(frame: frame, size: size, continuation: continuation))
        }
        return try outcome.get()
    }

    /// A page of events; never waits.
    public func read(_ request: ReadRequest) throws(EventLogError) -> EventBatch {
        try checkOpen()
        return try shared.sealer.repairing { () throws(EventLogError) in try shared.reader.read(request) }
    }

    /// Revision of the newest event of a stream.
    public func revision(of stream: StreamName) throws(EventLogError) -> Revision? {
        try checkOpen()
        return try shared.sealer.repairing { () throws(EventLogError) in
            try shared.index.visibleRevision(of: stream)
        }
    }

    /// The receipt of the commit that carried a key.
    public func receipt(forKey key: String) throws(EventLogError) -> Receipt? {
        try checkOpen()
        return try shared.sealer.repairing { () throws(EventLogError) in
            try shared.reader.receipt(forKey: key)
        }
    }

    /// The durable progress of a processor, lane by lane.
    public func marks(of processor: String) throws(EventLogError) -> [Int: Position] {
        try checkOpen()
        return shared.index.withIndex { $0.visibleMarks(of: processor) }
    }

    /// A copy-on-write view of the log, as of a position.
    public func fork(at position: Position) throws(EventLogError) -> any EventLog {
        try checkOpen()
        let fork = try shared.sealer.repairing { () throws(EventLogError) in
            try LogFork(of: shared.reader, at: position)
        }
        return MemoryLog(fork, clock: clock)
    }

    /// Suspends until there is an event behind a position.
    public func waitForEvent(after position: Position) async throws {
        try await shared.waiters.wait(after: position)
    }

    /// Writes what is queued, and lets go of the files and the folder.
    public func close() async throws(EventLogError) {
        isClosed.store(true, ordering: .releasing)
        shared.queue.close()
        await shared.queue.waitUntilFinished()
        shared.waiters.close()
        shared.files.close()
        // A damaged log has no writer that has done so.
        shared.sealer.close()
        shared.sealer.waitUntilIdle()
        lock.release()
    }

    func checkOpen() throws(EventLogError) {
        if isClosed.load(ordering: .acquiring) { throw .closed }
    }
}

import Logging

extension DiskWriter {
    /// What the writer shares with the log that started it, and with the log's other threads.
    struct Shared: Sendable {
        let index: SharedIndex
        let files: SegmentFiles
        let reader: LogReader
        let waiters: Waiters
        let queue = CommitQueue()
        let failure: LogFailure
        let zeros: ZeroAhead
        let sealer: IndexSealer
        let logger: Logger

        /// What a log shares that goes on where a recovery ended.
        init(
            _ recovery: Recovery,
            folder: String,
            _ identity: LogIdentity,
            _ options: DiskLogOptions,
            _ logger: Logger
        ) {
            let damage = recovery.report.damage
            failure = LogFailure(damage.map { "damage was found: \($0.reason) (\($0.file))" })
            index = SharedIndex(recovery.index)
            files = SegmentFiles(recovery.segments)
            reader = LogReader(index: index, source: files, identity: identity)
            waiters = Waiters(index: index)
            zeros = ZeroAhead(options, failure: failure, logger: logger)
            sealer = IndexSealer(
                IndexFolder(path: folder, identity: identity, options: options),
                index: index,
                manifest: recovery.manifest,
                failure: failure,
                logger: logger
            )
            self.logger = logger
        }
    }
}

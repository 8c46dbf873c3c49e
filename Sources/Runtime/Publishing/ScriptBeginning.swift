import EventLog
import Logging

/// With which scripts a host begins: those of its folder, unless others were made live since the folder was
/// changed, or the folder's can't be loaded and others were live before.
///
/// So a rollback, or a set that was published to a running host, outlives a restart; an edit of the folder
/// that nobody watched goes live with it; and a restart with a broken file is no outage.
struct ScriptBeginning {
    let scripts: ScriptSet

    /// What the start should tell, a sentence each.
    let doubts: [String]

    private let archive: ScriptArchive
    private let log: any EventLog

    /// What is live in the log, when these scripts are not.
    private let parent: String?
    private let isNew: Bool

    init(
        _ folder: ScriptSet,
        log: any EventLog,
        logger: Logger,
        isRecorded: Bool
    ) throws(RuntimeError) {
        archive = ScriptArchive(log: log)
        self.log = log
        guard isRecorded, let live = try archive.live() else {
            (scripts, parent, doubts) = (folder, nil, [])
            isNew = isRecorded && log.readOnlyReason == nil
            return
        }
        parent = live.hash
        if live.hash != folder.hash, try archive.fromFolder()?.hash == folder.hash {
            scripts = try archive.scripts(of: live)
            isNew = false
            doubts = [
                """
                scripts \(live.hash) go on, which were made live at position \(live.position); those of the \
                folder, \(folder.hash), were live before, and haven't been changed since: `perilune publish` \
                makes them live
                """
            ]
        } else if live.hash != folder.hash, let fault = Self.fault(of: folder, log, logger) {
            scripts = try archive.scripts(of: live)
            isNew = false
            doubts = [
                """
                scripts \(live.hash) go on, which were live before: those of the folder can't be loaded
                \(fault)
                """
            ]
        } else {
            (scripts, doubts) = (folder, [])
            isNew = live.hash != folder.hash && log.readOnlyReason == nil
        }
    }

    /// Why scripts can't be loaded; nil when they can.
    private static func fault(of scripts: ScriptSet, _ log: any EventLog, _ logger: Logger) -> String? {
        do throws(RuntimeError) {
            _ = try ScriptSession(scripts: scripts, log: log, logger: logger)
            return nil
        } catch {
            return ScriptFailure(refusing: error).text
        }
    }

    /// Says in the log since when these scripts decide, unless it does already; before any of them runs.
    func record() async throws(RuntimeError) {
        guard isNew else { return }
        do {
            try await archive.store(scripts)
            let event = try ScriptRecord.published(
                scripts,
                instead: parent,
                origin: .folder,
                by: PublishAuthor()
            )
            _ = try await log.commit(NewFrame(events: [event]))
        } catch {
            throw RuntimeError(reading: error)
        }
    }
}

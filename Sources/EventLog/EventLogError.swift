/// Everything that can go wrong at the door of the log.
///
/// Each case has a stable `code` and a sentence with a hint.
public enum EventLogError: Error, Hashable, Sendable {
    /// The stream doesn't stand as the append expected; nothing was written.
    case wrongExpectedRevision(stream: StreamName, expected: ExpectedRevision, actual: Revision?)

    /// A condition by query (its index in the frame) failed: this event matches it; nothing was written.
    case conditionFailed(index: Int, matching: Position)

    /// The stored mark isn't the one that the step read: another instance took over; nothing was written.
    case fenced(processor: String, lane: Int, expected: Position, actual: Position)

    /// A name (stream, type, tag, processor, key) that can't be stored.
    case invalidName(String, reason: String)

    /// A frame that makes no sense: no events and no marks, a mark that doesn't move forward.
    case invalidFrame(reason: String)

    /// Something is larger than a limit of `LogLimits`.
    case limitExceeded(what: String, limit: Int, actual: Int)

    /// The write or flush of this commit failed: it may or may not be there when the log is opened again.
    case outcomeUnknown(reason: String)

    /// An earlier write or flush failed, or damage was found; appends are refused, reads go on.
    case readOnly(reason: String)

    /// Another process holds the folder.
    case locked(folder: String, holder: String)

    /// Bytes that were once acknowledged don't read back as written.
    case damaged(file: String, offset: Int, reason: String)

    /// The disk has no room for what was to be written; nothing was, and appends may succeed once there is.
    case diskFull(operation: String, path: String)

    /// The operating system refused an operation on a file.
    case file(operation: String, path: String, reason: String)

    /// The log was closed.
    case closed

    /// Something that this engine hasn't got: a log in memory has no files that could be copied.
    case notAvailable(String)

    /// There is no log where one was to be read.
    case noLog(folder: String)

    /// A folder that was to be filled holds something already; nothing was changed.
    case folderNotEmpty(folder: String)

    /// A restore into this folder was broken off.
    case restoreUnfinished(folder: String)

    /// What a folder holds is no earlier state of the log that was to be copied into it.
    case backupMismatch(folder: String, reason: String)
}

extension EventLogError: CustomStringConvertible {
    /// Stable name of the case, for the API, the command line and scripts.
    public var code: String {
        switch self {
        case .wrongExpectedRevision: "wrong-expected-revision"
        case .conditionFailed: "condition-failed"
        case .fenced: "fenced"
        case .invalidName: "invalid-name"
        case .invalidFrame: "invalid-frame"
        case .limitExceeded: "limit-exceeded"
        case .outcomeUnknown: "outcome-unknown"
        case .readOnly: "log-read-only"
        case .locked: "log-locked"
        case .damaged: "log-damaged"
        case .diskFull: "disk-full"
        case .file: "file-error"
        case .closed: "log-closed"
        case .notAvailable: "not-available"
        case .noLog: "no-log"
        case .folderNotEmpty: "folder-not-empty"
        case .restoreUnfinished: "restore-unfinished"
        case .backupMismatch: "backup-mismatch"
        }
    }

    /// What a person can do about it.
    public var hint: String {
        switch self {
        case .wrongExpectedRevision: "read the stream again and decide on what it holds now"
        case .conditionFailed: "read what the query names again and decide on what it holds now"
        case .fenced: "another host processes this lane; stop one of the two"
        case .invalidName: "use category-key, printable, at most \(LogLimits.nameBytesMax) bytes"
        case .invalidFrame: "give at least one event"
        case .limitExceeded: "split it, or keep the large part elsewhere and refer to it"
        case .outcomeUnknown: "start the host again and retry with the same idempotency key"
        case .readOnly:
            "free space, replace the disk or restore a backup, as the reason says; then start again"
        case .locked: "stop that process, or name another data folder"
        case .damaged: "restore from a backup; nothing was changed"
        case .diskFull: "free space on that disk and try again; reads go on meanwhile"
        case .file: "look at the folder's rights and the disk's free space"
        case .closed: "the host is stopping; try again when it is up"
        case .notAvailable: "run the host over a data folder"
        case .noLog: "name a folder that a host or a backup has filled"
        case .folderNotEmpty: "name a new or an empty folder"
        case .restoreUnfinished: "run the same restore again; it begins anew"
        case .backupMismatch: "back up into another folder; no frame of this one was changed"
        }
    }

    /// One sentence: what was refused, and why.
    public var description: String {
        switch self {
        case .wrongExpectedRevision(let stream, let expected, let actual):
            "stream \(stream) was expected at \(expected) and is at \(actual.map(String.init) ?? "none")"
        case .conditionFailed(let index, let position):
            "condition \(index) failed: the event at position \(position) matches it"
        case .fenced(let processor, let lane, let expected, let actual):
            "\(processor) lane \(lane) was expected at \(expected) and is at \(actual)"
        case .invalidName(let name, let reason):
            "the name \(name.prefix(80).debugDescription) can't be used: \(reason)"
        case .invalidFrame(let reason): "the commit makes no sense: \(reason)"
        case .limitExceeded(let what, let limit, let actual):
            "\(what) is \(actual), the limit is \(limit)"
        case .outcomeUnknown(let reason): "the commit may or may not be durable: \(reason)"
        case .readOnly(let reason): "the log takes no appends: \(reason)"
        case .locked(let folder, let holder): "the data folder \(folder) is held by \(holder)"
        case .damaged(let file, let offset, let reason): "\(file) is damaged at byte \(offset): \(reason)"
        case .diskFull(let operation, let path): "\(operation) \(path) failed: the disk is full"
        case .file(let operation, let path, let reason): "\(operation) \(path) failed: \(reason)"
        case .closed: "the log is closed"
        case .notAvailable(let what): "\(what) isn't available here"
        case .noLog(let folder): "there is no log in \(folder)"
        case .folderNotEmpty(let folder): "\(folder) isn't empty"
        case .restoreUnfinished(let folder): "a restore into \(folder) was broken off"
        case .backupMismatch(let folder, let reason):
            "\(folder) holds no earlier state of this log: \(reason)"
        }
    }
}

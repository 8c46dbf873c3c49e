import Dispatch
import EventLog
import Synchronization

/// A disk in memory that forgets what was not flushed, tears, fills up and fails, each as a test has planned.
///
/// - What is written is in a cache until the file is flushed, and a name until its folder is: `powerCut`
///   makes the disk that a machine finds when it starts again, `processKill` the one that a process finds.
/// - Every operation that can fail has a number, from 1. A plan lets the power go after one, or lets one
///   fail; `operations` says which were which.
/// - The same seed, plan and calls give the same bytes.
///
/// Not modelled: rights, links, names that move to another folder, folders that aren't durable when made.
package final class FaultyFileSystem: FileSystem {
    private let disk: Mutex<FaultyDisk>
    /// Whether `holdBack` waits for an operation to come.
    private let isAwaited = Atomic(false)
    /// Signalled by the operation that it waited for.
    private let arrival = DispatchSemaphore(value: 0)

    /// An empty disk; the seed decides how much of a short write is written.
    package convenience init(seed: UInt64 = 0) {
        self.init(FaultyDisk(random: SeededRandom(seed: seed)))
    }

    init(_ disk: FaultyDisk) {
        self.disk = Mutex(disk)
    }

    /// Does an operation, or lets it fail as is planned.
    func perform<Outcome: Sendable>(
        _ operation: FileOperation,
        _ body: (inout FaultyDisk, FileFault?) throws(EventLogError) -> Outcome
    ) throws(EventLogError) -> Outcome {
        if isAwaited.load(ordering: .relaxed), isAwaited.exchange(false, ordering: .relaxed) {
            arrival.signal()
        }
        return try disk.withLock { disk throws(EventLogError) in
            let fault = try disk.begin(operation)
            return try body(&disk, fault)
        }
    }

    /// Looks at the disk, or changes it, without an operation.
    func change<Outcome: Sendable>(_ body: (inout FaultyDisk) -> Outcome) -> Outcome {
        disk.withLock { body(&$0) }
    }

    /// Holds every operation back while `first` runs, and `rest` as soon as one has come.
    ///
    /// So a test makes one group of commits: the writer waits in the write of the first while the others
    /// queue up. Neither closure may wait for a commit. When for long no operation comes, because the first
    /// was refused without one, `rest` runs nevertheless.
    package func holdBack(first: () -> Void, rest: () -> Void) {
        disk.withLock { _ in
            isAwaited.store(true, ordering: .relaxed)
            first()
            if arrival.wait(timeout: .now() + .milliseconds(200)) == .timedOut,
                !isAwaited.exchange(false, ordering: .relaxed)
            {
                // It came in the last moment, and its signal must not be there for the next time.
                arrival.wait()
            }
            rest()
        }
    }

    package func makeFolder(_ path: String) throws(EventLogError) {
        // One that is there costs no operation on the disk.
        guard !change({ $0.folders[path] != nil && !$0.isOff }) else { return }
        try perform(FileOperation(kind: .makeFolder, path: path)) { (disk, _) throws(EventLogError) in
            disk.makeFolder(path)
        }
    }

    package func names(in folder: String) throws(EventLogError) -> [String] {
        let operation = FileOperation(kind: .names, path: folder)
        return try perform(operation) { (disk, _) throws(EventLogError) in
            guard let content = disk.folders[folder] else {
                throw disk.refusal(operation, "there is no such folder")
            }
            let folders = disk.folders.keys.filter { $0 != folder && FilePath.parent(of: $0) == folder }
            return (content.names.keys + folders.map { FaultyDisk.split($0).name }).sorted()
        }
    }

    package func exists(_ path: String) -> Bool {
        change { !$0.isOff && ($0.inode(at: path) != nil || $0.folders[path] != nil) }
    }

    package func open(_ path: String, _ access: FileAccess) throws(EventLogError) -> any File {
        let makes = access == .create || access == .openOrCreate
        let operation = FileOperation(kind: makes ? .create : .open, path: path)
        let (inode, number) = try perform(operation) { (disk, _) throws(EventLogError) in
            guard disk.folders[FilePath.parent(of: path)] != nil, disk.folders[path] == nil else {
                throw disk.refusal(operation, "its folder is missing, or it is a folder")
            }
            if let inode = disk.inode(at: path) {
                if access == .create { disk.inodes[inode].resize(to: 0) }
                return (inode, disk.nextFileNumber())
            }
            guard makes else { throw disk.refusal(operation, "there is no such file") }
            return (disk.makeFile(path), disk.nextFileNumber())
        }
        return FaultyFile(path, inode: inode, number: number, isReadOnly: access == .read, self)
    }

    package func rename(_ path: String, to target: String) throws(EventLogError) {
        let operation = FileOperation(kind: .rename, path: path)
        let (folder, name) = FaultyDisk.split(path)
        let (targetFolder, targetName) = FaultyDisk.split(target)
        try perform(operation) { (disk, _) throws(EventLogError) in
            if disk.folders[path] != nil { return try disk.renameFolder(path, to: target, operation) }
            guard disk.inode(at: path) != nil, folder == targetFolder else {
                throw disk.refusal(operation, "there is no such file in that folder")
            }
            if name != targetName { disk.folders[folder]?.apply(.rename(name, to: targetName)) }
        }
    }

    package func remove(_ path: String) throws(EventLogError) {
        let operation = FileOperation(kind: .remove, path: path)
        let (folder, name) = FaultyDisk.split(path)
        try perform(operation) { (disk, _) throws(EventLogError) in
            guard disk.inode(at: path) != nil else { throw disk.refusal(operation, "there is no such file") }
            disk.folders[folder]?.apply(.remove(name))
        }
    }

    package func flushFolder(_ path: String) throws(EventLogError) {
        let operation = FileOperation(kind: .flushFolder, path: path)
        try perform(operation) { (disk, _) throws(EventLogError) in
            guard disk.folders[path] != nil else { throw disk.refusal(operation, "there is no such folder") }
            disk.folders[path]?.flush()
        }
    }

    package func freeBytes(in folder: String) throws(EventLogError) -> Int {
        try perform(FileOperation(kind: .freeBytes, path: folder)) { (disk, _) throws(EventLogError) in
            disk.freeBytes
        }
    }
}

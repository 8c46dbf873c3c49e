import EventLog

/// What a `FaultyFileSystem` holds: folders, files, who has locked them, and what is to go wrong.
struct FaultyDisk: Sendable {
    var inodes: [FaultyInode] = []
    var folders: [String: FaultyFolder] = ["/": FaultyFolder()]
    var plan = FaultPlan()
    /// Everything that was asked and done, or asked and refused by the plan.
    var operations: [FileOperation] = []
    /// How many operations the plan has refused.
    var faults = 0
    var capacity: Int?
    var random: SeededRandom
    /// The open file that has each locked inode.
    private var locks: [Int: Int] = [:]
    private var openedFiles = 0

    init(random: SeededRandom) {
        self.random = random
    }

    /// Whether the plan has cut the power.
    var isOff: Bool { plan.powerOffAfter.map { operations.count >= $0 } ?? false }

    /// Begins an operation; returns how it fails when it can fail in part.
    mutating func begin(_ operation: FileOperation) throws(EventLogError) -> FileFault? {
        if isOff { throw refusal(operation, "the power is off") }
        operations.append(operation)
        guard let fault = plan.fault(at: operations.count, operation) else { return nil }
        faults += 1
        guard operation.hasParts else { throw fault.refusal(operation) }
        return fault
    }

    func refusal(_ operation: FileOperation, _ reason: String) -> EventLogError {
        .file(operation: operation.kind.rawValue, path: operation.path, reason: reason)
    }

    /// A path's folder and the name in it.
    static func split(_ path: String) -> (folder: String, name: String) {
        let folder = FilePath.parent(of: path)
        return (folder, String(path.dropFirst(folder == "/" ? 1 : folder.utf8.count + 1)))
    }

    /// The inode that a path names.
    func inode(at path: String) -> Int? {
        let (folder, name) = Self.split(path)
        return folders[folder]?.names[name]
    }

    /// Makes a file; its name isn't durable yet.
    mutating func makeFile(_ path: String, _ content: FaultyInode = FaultyInode()) -> Int {
        let (folder, name) = Self.split(path)
        inodes.append(content)
        folders[folder, default: FaultyFolder()].apply(.link(name, inode: inodes.count - 1))
        return inodes.count - 1
    }

    /// Makes a folder and those above it, durably.
    mutating func makeFolder(_ path: String) {
        guard folders[path] == nil else { return }
        folders[path] = FaultyFolder()
        makeFolder(FilePath.parent(of: path))
    }

    /// Gives a folder another name, durably, as folders are made; what has that name must be empty.
    mutating func renameFolder(
        _ path: String,
        to target: String,
        _ operation: FileOperation
    ) throws(EventLogError) {
        guard folders[target].map(\.names.isEmpty) ?? true, inode(at: target) == nil else {
            throw refusal(operation, "there is something of that name")
        }
        for inner in Array(folders.keys) where inner == path || inner.hasPrefix(path + "/") {
            folders[target + inner.dropFirst(path.count)] = folders.removeValue(forKey: inner)
        }
    }

    /// Paths of all files.
    var paths: [String] {
        folders.flatMap { folder, content in
            content.names.keys.map { folder == "/" ? "/" + $0 : folder + "/" + $0 }
        }.sorted()
    }

    /// Bytes that still have room.
    var freeBytes: Int {
        guard let capacity else { return 1 << 40 }
        let used = folders.values.reduce(0) { sum, folder in
            folder.names.values.reduce(sum) { $0 + inodes[$1].size }
        }
        return max(0, capacity - used)
    }

    /// How many of the bytes from an offset have room in a file.
    private func room(in inode: Int, from offset: Int, _ count: Int) -> Int {
        guard capacity != nil, offset + count > inodes[inode].size else { return count }
        return max(0, min(count, inodes[inode].size + freeBytes - offset))
    }

    mutating func write(
        _ bytes: UnsafeRawBufferPointer,
        at offset: Int,
        in inode: Int,
        _ operation: FileOperation,
        _ fault: FileFault?
    ) throws(EventLogError) {
        var count = room(in: inode, from: offset, bytes.count)
        let refused: FileFault? = count < bytes.count ? .diskFull : fault
        switch fault {
        case nil: break
        case .ioError: count = 0
        case .diskFull, .shortWrite:
            count = .random(in: 0...max(0, min(count, bytes.count - 1)), using: &random)
        }
        inodes[inode].write(UnsafeRawBufferPointer(rebasing: bytes[..<count]), at: offset)
        if let refused { throw refused.refusal(operation) }
    }

    mutating func resize(_ inode: Int, to size: Int, _ operation: FileOperation) throws(EventLogError) {
        guard room(in: inode, from: 0, size) == size else { throw FileFault.diskFull.refusal(operation) }
        inodes[inode].resize(to: size)
    }

    mutating func flush(
        _ inode: Int,
        _ operation: FileOperation,
        _ fault: FileFault?
    ) throws(EventLogError) {
        switch fault {
        case nil: return inodes[inode].flush()
        case .ioError, .diskFull: inodes[inode].loseChanges()
        case .shortWrite: inodes[inode].losePart(&random)
        }
        if let fault { throw fault.refusal(operation) }
    }

    /// A number for a file that is being opened.
    mutating func nextFileNumber() -> Int {
        openedFiles += 1
        return openedFiles
    }

    mutating func lock(_ inode: Int, for file: Int) -> Bool {
        if let holder = locks[inode] { return holder == file }
        locks[inode] = file
        return true
    }

    mutating func unlock(_ inode: Int, for file: Int) {
        if locks[inode] == file { locks[inode] = nil }
    }

    /// What a process that is killed leaves: everything but its locks.
    func afterKill() -> FaultyDisk {
        var disk = self
        disk.plan = FaultPlan()
        disk.operations = []
        disk.faults = 0
        disk.locks = [:]
        return disk
    }

    /// What a power cut leaves.
    func afterPowerCut(_ random: inout SeededRandom) -> FaultyDisk {
        var disk = afterKill()
        // In an order of their own: a dictionary's differs from run to run.
        for path in folders.keys.sorted() {
            disk.folders[path] = folders[path]?.afterPowerCut(&random)
        }
        for number in inodes.indices { disk.inodes[number] = inodes[number].afterPowerCut(&random) }
        return disk
    }
}

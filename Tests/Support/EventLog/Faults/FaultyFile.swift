import EventLog

/// An open file of a `FaultyFileSystem`.
final class FaultyFile: File {
    let path: String
    private let system: FaultyFileSystem
    private let inode: Int
    private let number: Int
    private let isReadOnly: Bool

    init(_ path: String, inode: Int, number: Int, isReadOnly: Bool, _ system: FaultyFileSystem) {
        self.path = path
        self.system = system
        self.inode = inode
        self.number = number
        self.isReadOnly = isReadOnly
    }

    deinit {
        unlock()
    }

    private func operation(_ kind: FileOperation.Kind, _ range: Range<Int>? = nil) -> FileOperation {
        FileOperation(kind: kind, path: path, range: range)
    }

    private func checkWritable(_ operation: FileOperation) throws(EventLogError) {
        if isReadOnly {
            throw .file(operation: operation.kind.rawValue, path: path, reason: "it is open for reading")
        }
    }

    func size() throws(EventLogError) -> Int {
        try system.perform(operation(.size)) { (disk, _) throws(EventLogError) in disk.inodes[inode].size }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(EventLogError) -> Int {
        let operation = operation(.read, offset..<offset + buffer.count)
        return try system.perform(operation) { (disk, _) throws(EventLogError) in
            disk.inodes[inode].read(into: buffer, at: offset)
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(EventLogError) {
        let operation = operation(.write, offset..<offset + bytes.count)
        try checkWritable(operation)
        try system.perform(operation) { (disk, fault) throws(EventLogError) in
            try disk.write(bytes, at: offset, in: inode, operation, fault)
        }
    }

    func allocate(upTo size: Int) throws(EventLogError) {
        let operation = operation(.allocate, 0..<size)
        try checkWritable(operation)
        try system.perform(operation) { (disk, _) throws(EventLogError) in
            if size > disk.inodes[inode].size { try disk.resize(inode, to: size, operation) }
        }
    }

    func truncate(to size: Int) throws(EventLogError) {
        let operation = operation(.truncate, 0..<size)
        try checkWritable(operation)
        try system.perform(operation) { (disk, _) throws(EventLogError) in
            try disk.resize(inode, to: size, operation)
        }
    }

    func flush() throws(EventLogError) {
        let operation = operation(.flush)
        try system.perform(operation) { (disk, fault) throws(EventLogError) in
            try disk.flush(inode, operation, fault)
        }
    }

    func forgetCache() {
        system.change { if !$0.isOff { $0.inodes[inode].forgetCache() } }
    }

    func lock() throws(EventLogError) -> Bool {
        try system.perform(operation(.lock)) { (disk, _) throws(EventLogError) in
            disk.lock(inode, for: number)
        }
    }

    func unlock() {
        system.change { $0.unlock(inode, for: number) }
    }

    func map() throws(EventLogError) -> MappedBytes {
        let bytes = try system.perform(operation(.map)) { (disk, _) throws(EventLogError) in
            disk.inodes[inode].contents
        }
        return MappedBytes(copying: bytes)
    }
}

/// A file system that lets nothing be changed: for whoever reads a data folder that is another's.
///
/// What would make a file finds no room, which opening a log takes as what it is: indexes stay in memory, and
/// the list of segments as it is. What would change one is left undone: a torn end is known to whoever read
/// it, and is wiped by the host that opens the log next.
struct ReadOnlyFileSystem: FileSystem {
    private let files: any FileSystem

    init(_ files: any FileSystem) { self.files = files }

    func makeFolder(_ path: String) throws(EventLogError) {}

    func names(in folder: String) throws(EventLogError) -> [String] { try files.names(in: folder) }

    func exists(_ path: String) -> Bool { files.exists(path) }

    func open(_ path: String, _ access: FileAccess) throws(EventLogError) -> any File {
        switch access {
        case .read, .write: return ReadOnlyFile(try files.open(path, .read))
        case .create, .openOrCreate: throw .diskFull(operation: "make", path: path)
        }
    }

    func rename(_ path: String, to target: String) throws(EventLogError) {}

    func remove(_ path: String) throws(EventLogError) {}

    func flushFolder(_ path: String) throws(EventLogError) {}

    func freeBytes(in folder: String) throws(EventLogError) -> Int { 0 }
}

/// A file that stays as it is, whoever writes to it.
private final class ReadOnlyFile: File {
    private let file: any File

    init(_ file: any File) { self.file = file }

    var path: String { file.path }

    func size() throws(EventLogError) -> Int { try file.size() }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(EventLogError) -> Int {
        try file.read(into: buffer, at: offset)
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(EventLogError) {}

    func allocate(upTo size: Int) throws(EventLogError) {}

    func truncate(to size: Int) throws(EventLogError) {}

    func flush() throws(EventLogError) {}

    func forgetCache() {}

    func lock() throws(EventLogError) -> Bool { true }

    func unlock() {}

    func map() throws(EventLogError) -> MappedBytes { try file.map() }
}

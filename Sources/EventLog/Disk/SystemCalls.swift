#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The few calls of the operating system that the log needs, each with its refusal as an
/// `EventLogError.file`.
///
/// Everything that touches a file goes through here or through `LogFile`.
enum SystemCalls {
    /// What the last call on this thread was refused for.
    static func refusal(_ operation: String, _ path: String, code: Int32 = errno) -> EventLogError {
        .file(operation: operation, path: path, reason: String(cString: strerror(code)))
    }

    /// Makes a folder and those above it.
    ///
    /// Each new one is flushed in the folder that it was made in, so that the path is still there after a
    /// power cut.
    static func makeFolder(_ path: String) throws(EventLogError) {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else {
                throw refusal("open the folder", path, code: ENOTDIR)
            }
            return
        }
        let parent = parent(of: path)
        if parent != path { try makeFolder(parent) }
        // Another process may have made it since: that is as good.
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw refusal("make the folder", path) }
        try flushFolder(parent)
    }

    static func parent(of path: String) -> String {
        var trimmed = Substring(path)
        while trimmed.count > 1, trimmed.last == "/" { trimmed.removeLast() }
        guard let slash = trimmed.lastIndex(of: "/") else { return trimmed == "." ? "/" : "." }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    }

    /// Makes the names in a folder durable: new files, renames, removals.
    static func flushFolder(_ path: String) throws(EventLogError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw refusal("open the folder", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw refusal("flush the folder", path) }
    }

    static func rename(_ path: String, to target: String) throws(EventLogError) {
        #if canImport(Glibc)
        let result = Glibc.rename(path, target)
        #elseif canImport(Musl)
        let result = Musl.rename(path, target)
        #else
        let result = Darwin.rename(path, target)
        #endif
        guard result == 0 else { throw refusal("rename", path) }
    }

    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    static func remove(_ path: String) throws(EventLogError) {
        guard unlink(path) == 0 else { throw refusal("remove", path) }
    }

    /// The names in a folder, sorted.
    static func names(in path: String) throws(EventLogError) -> [String] {
        guard let folder = opendir(path) else { throw refusal("list the folder", path) }
        defer { closedir(folder) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(folder) else { break }
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: tuple.pointee)) {
                    String(cString: $0)
                }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw refusal("list the folder", path) }
        return names.sorted()
    }
}

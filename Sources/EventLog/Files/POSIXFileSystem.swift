#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The operating system's files: each call with its refusal as an `EventLogError`.
package struct POSIXFileSystem: FileSystem {
    /// The one that there is.
    package init() {}

    /// What the last call on this thread was refused for.
    static func refusal(_ operation: String, _ path: String, code: Int32 = errno) -> EventLogError {
        if code == ENOSPC || code == EDQUOT { return .diskFull(operation: operation, path: path) }
        return .file(operation: operation, path: path, reason: String(cString: strerror(code)))
    }

    package func makeFolder(_ path: String) throws(EventLogError) {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else {
                throw Self.refusal("open the folder", path, code: ENOTDIR)
            }
            return
        }
        let parent = FilePath.parent(of: path)
        if parent != path { try makeFolder(parent) }
        // Another process may have made it since: that is as good.
        guard mkdir(path, 0o755) == 0 || errno == EEXIST else {
            throw Self.refusal("make the folder", path)
        }
        try flushFolder(parent)
    }

    package func open(_ path: String, _ access: FileAccess) throws(EventLogError) -> any File {
        try POSIXFile(path, access)
    }

    package func flushFolder(_ path: String) throws(EventLogError) {
        #if canImport(Glibc)
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        #elseif canImport(Musl)
        let descriptor = Musl.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        #else
        let descriptor = Darwin.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        #endif
        guard descriptor >= 0 else { throw Self.refusal("open the folder", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Self.refusal("flush the folder", path) }
    }

    package func rename(_ path: String, to target: String) throws(EventLogError) {
        #if canImport(Glibc)
        let result = Glibc.rename(path, target)
        #elseif canImport(Musl)
        let result = Musl.rename(path, target)
        #else
        let result = Darwin.rename(path, target)
        #endif
        guard result == 0 else { throw Self.refusal("rename", path) }
    }

    package func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    package func remove(_ path: String) throws(EventLogError) {
        guard unlink(path) == 0 else { throw Self.refusal("remove", path) }
    }

    package func names(in path: String) throws(EventLogError) -> [String] {
        guard let folder = opendir(path) else { throw Self.refusal("list the folder", path) }
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
        guard errno == 0 else { throw Self.refusal("list the folder", path) }
        return names.sorted()
    }

    package func freeBytes(in folder: String) throws(EventLogError) -> Int {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { throw Self.refusal("look at", folder) }
        return Int(status.f_bavail) * Int(status.f_frsize)
    }
}

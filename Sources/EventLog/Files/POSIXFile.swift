#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file of the operating system.
final class POSIXFile: File {
    let path: String
    private let descriptor: Int32

    init(_ path: String, _ access: FileAccess) throws(EventLogError) {
        let flags =
            switch access {
            case .read: O_RDONLY
            case .write: O_RDWR
            case .create: O_RDWR | O_CREAT | O_TRUNC
            case .openOrCreate: O_RDWR | O_CREAT
            }
        // A child process must not inherit it: it would hold the folder's lock beyond our end.
        descriptor = open(path, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw POSIXFileSystem.refusal("open", path) }
        self.path = path
    }

    deinit {
        // Nothing is lost if closing is refused: all that counts was flushed, and checked, before.
        close(descriptor)
    }

    private func refusal(_ operation: String, code: Int32 = errno) -> EventLogError {
        POSIXFileSystem.refusal(operation, path, code: code)
    }

    func size() throws(EventLogError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw refusal("look at") }
        return Int(status.st_size)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(EventLogError) -> Int {
        var done = 0
        while done < buffer.count {
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = pread(descriptor, part.baseAddress, part.count, off_t(offset + done))
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw refusal("read")
            }
            done += count
        }
        return done
    }

    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(EventLogError) {
        var done = 0
        while done < bytes.count {
            let part = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = pwrite(descriptor, part.baseAddress, part.count, off_t(offset + done))
            if count < 0 {
                if errno == EINTR { continue }
                throw refusal("write")
            }
            done += count
        }
    }

    func allocate(upTo size: Int) throws(EventLogError) {
        #if !canImport(Darwin)
        // From the beginning: what counts into the size may still have no room, if its write-back failed.
        var code: Int32
        repeat { code = posix_fallocate(descriptor, 0, off_t(size)) } while code == EINTR
        if code == 0 { return }
        guard code == EOPNOTSUPP || code == EINVAL else { throw refusal("make room in", code: code) }
        #endif
        let present = try self.size()
        if size > present { try writeZeros(present..<size) }
    }

    func truncate(to size: Int) throws(EventLogError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw refusal("truncate") }
    }

    func flush() throws(EventLogError) {
        #if canImport(Darwin)
        let result = fcntl(descriptor, F_FULLFSYNC)
        #else
        let result = fdatasync(descriptor)
        #endif
        guard result == 0 else { throw refusal("flush") }
    }

    func forgetCache() {
        #if !canImport(Darwin)
        _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        #endif
    }

    func lock() throws(EventLogError) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw refusal("lock") }
        return false
    }

    func unlock() {
        // Nothing to do when it is refused: the lock ends with the file at the latest.
        _ = flock(descriptor, LOCK_UN)
    }

    func map() throws(EventLogError) -> MappedBytes {
        let size = try size()
        // An empty range can't be mapped, and needs no memory.
        guard size > 0 else { return MappedBytes(copying: []) }
        guard let memory = mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), memory != MAP_FAILED else {
            throw refusal("map")
        }
        return MappedBytes(UnsafeRawBufferPointer(start: memory, count: size)) { bytes in
            // Only a range that isn't ours could be refused, and this one is.
            munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
        }
    }
}

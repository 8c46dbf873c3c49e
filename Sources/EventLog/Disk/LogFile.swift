#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An open file.
///
/// Closed when the last reference is gone, so that a reader which still holds it when the log closes reads on
/// from its own file, and never from one that got the same number since.
final class LogFile: Sendable {
    /// Where it is.
    let path: String
    private let descriptor: Int32

    enum Access {
        case read
        case write
        /// Makes the file, or empties the one that is there.
        case create
    }

    init(_ path: String, _ access: Access) throws(EventLogError) {
        let flags =
            switch access {
            case .read: O_RDONLY
            case .write: O_RDWR
            case .create: O_RDWR | O_CREAT | O_TRUNC
            }
        // A child process must not inherit it: it would hold the folder's lock beyond our end.
        descriptor = open(path, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemCalls.refusal("open", path) }
        self.path = path
    }

    deinit {
        // Nothing is lost if closing is refused: all that counts was flushed, and checked, before.
        close(descriptor)
    }

    /// How long it is.
    func size() throws(EventLogError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw SystemCalls.refusal("look at", path) }
        return Int(status.st_size)
    }

    /// Fills memory from an offset; returns how much there was before the file's end.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(EventLogError) -> Int {
        var done = 0
        while done < buffer.count {
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = pread(descriptor, part.baseAddress, part.count, off_t(offset + done))
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemCalls.refusal("read", path)
            }
            done += count
        }
        return done
    }

    /// The bytes of a range, or fewer at the file's end.
    func read(_ count: Int, at offset: Int) throws(EventLogError) -> [UInt8] {
        var refusal: EventLogError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            do throws(EventLogError) {
                filled = try read(into: UnsafeMutableRawBufferPointer(buffer), at: offset)
            } catch {
                refusal = error
            }
        }
        if let refusal { throw refusal }
        return bytes
    }

    /// Writes all of some bytes at an offset.
    func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(EventLogError) {
        try bytes.withRawBytes { bytes throws(EventLogError) in
            var done = 0
            while done < bytes.count {
                let part = UnsafeRawBufferPointer(rebasing: bytes[done...])
                let count = pwrite(descriptor, part.baseAddress, part.count, off_t(offset + done))
                if count < 0 {
                    if errno == EINTR { continue }
                    throw SystemCalls.refusal("write", path)
                }
                done += count
            }
        }
    }

    /// Makes everything that was written durable.
    func flush() throws(EventLogError) {
        #if canImport(Darwin)
        let result = fcntl(descriptor, F_FULLFSYNC)
        #else
        let result = fdatasync(descriptor)
        #endif
        guard result == 0 else { throw SystemCalls.refusal("flush", path) }
    }

    /// Makes the next reads come from the disk: after a failed flush the system's cache may show bytes that
    /// never arrived there.
    ///
    /// Only a hint where the system has no such call.
    func forgetCache() {
        #if !canImport(Darwin)
        _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        #endif
    }

    /// Takes the file for this process alone, for as long as it is open; false when another one has it.
    func lock() throws(EventLogError) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw SystemCalls.refusal("lock", path) }
        return false
    }

    func unlock() {
        // Nothing to do when it is refused: the lock ends with the file at the latest.
        _ = flock(descriptor, LOCK_UN)
    }

    func truncate(to size: Int) throws(EventLogError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw SystemCalls.refusal("truncate", path) }
    }

    /// Opens a file for reading and writing, making it when it isn't there.
    init(openOrCreate path: String) throws(EventLogError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw SystemCalls.refusal("open", path) }
        self.path = path
    }
}

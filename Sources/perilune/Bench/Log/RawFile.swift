import EventLog
import Foundation

/// The limit of a log: nothing but `pwrite` and `fdatasync` of given bytes into a file that was zeroed
/// before.
final class RawFile {
    private let descriptor: Int32
    private let path: String
    private var place = 0

    /// Bytes of the file; the writes go round in it.
    private static let size = 64 << 20

    init(path: String) throws(EventLogError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else { throw Self.failed("open", path) }
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        for start in stride(from: 0, to: Self.size, by: zeros.count) {
            guard pwrite(descriptor, zeros, zeros.count, off_t(start)) == zeros.count else {
                throw Self.failed("write", path)
            }
        }
        guard fsync(descriptor) == 0 else { throw Self.failed("flush", path) }
    }

    deinit {
        close(descriptor)
    }

    /// Writes the bytes behind those before them, and flushes.
    func append(_ bytes: [UInt8]) throws(EventLogError) {
        if place + bytes.count > Self.size { place = 0 }
        guard pwrite(descriptor, bytes, bytes.count, off_t(place)) == bytes.count else {
            throw Self.failed("write", path)
        }
        place += bytes.count
        guard fdatasync(descriptor) == 0 else { throw Self.failed("flush", path) }
    }

    private static func failed(_ operation: String, _ path: String) -> EventLogError {
        .file(operation: operation, path: path, reason: String(cString: strerror(errno)))
    }
}

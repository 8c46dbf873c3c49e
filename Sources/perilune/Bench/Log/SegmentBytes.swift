import Foundation

/// The files of a log seen from outside: how many bytes of them hold frames.
///
/// A segment may be zeroed ahead, so the size of a file says nothing; the last byte that isn't zero does.
struct SegmentBytes {
    let path: String
    let used: Int

    /// Bytes read at once.
    private static let piece = 1 << 20

    /// The segments of a log, oldest first; files of other kinds (indexes) aren't counted.
    static func all(in folder: String) throws -> [SegmentBytes] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return try names.filter { $0.hasSuffix(".log") }.sorted().map { name in
            let path = folder + "/" + name
            return SegmentBytes(path: path, used: try used(path))
        }
    }

    /// Bytes of all frames and headers.
    static func total(in folder: String) throws -> Int {
        try all(in: folder).reduce(0) { $0 + $1.used }
    }

    /// The segment that holds most: a full one, in a log that has more than one.
    static func fullest(in folder: String) throws -> SegmentBytes {
        guard let fullest = try all(in: folder).max(by: { $0.used < $1.used }) else {
            throw BenchError("\(folder) holds no segment")
        }
        return fullest
    }

    /// Hands out the used bytes, piece by piece.
    func read(_ body: (UnsafeRawBufferPointer) -> Void) throws {
        let descriptor = try Self.open(path)
        defer { close(descriptor) }
        try withUnsafeTemporaryAllocation(byteCount: Self.piece, alignment: 16) { buffer in
            for start in stride(from: 0, to: used, by: Self.piece) {
                let count = min(Self.piece, used - start)
                try Self.fill(buffer, count, from: descriptor, at: start, path)
                body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        }
    }

    private static func used(_ path: String) throws -> Int {
        let descriptor = try open(path)
        defer { close(descriptor) }
        let size = Int(lseek(descriptor, 0, SEEK_END))
        return try withUnsafeTemporaryAllocation(byteCount: piece, alignment: 16) { buffer in
            for start in stride(from: (max(size, 1) - 1) / piece * piece, through: 0, by: -piece) {
                let count = min(piece, size - start)
                try fill(buffer, count, from: descriptor, at: start, path)
                if isZero(buffer[..<count]) { continue }
                if let last = buffer[..<count].lastIndex(where: { $0 != 0 }) { return start + last + 1 }
            }
            return 0
        }
    }

    /// Every byte is as the one before it, and the first is zero: as fast as the memory is.
    private static func isZero(_ bytes: Slice<UnsafeMutableRawBufferPointer>) -> Bool {
        let bytes = UnsafeRawBufferPointer(rebasing: bytes)
        guard let start = bytes.baseAddress, bytes[0] == 0 else { return false }
        return memcmp(start, start + 1, bytes.count - 1) == 0
    }

    private static func open(_ path: String) throws -> Int32 {
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failed(path) }
        return descriptor
    }

    private static func fill(
        _ buffer: UnsafeMutableRawBufferPointer,
        _ count: Int,
        from descriptor: Int32,
        at start: Int,
        _ path: String
    ) throws {
        guard pread(descriptor, buffer.baseAddress, count, off_t(start)) == count else { throw failed(path) }
    }

    private static func failed(_ path: String) -> BenchError {
        BenchError("\(path) can't be read: \(String(cString: strerror(errno)))")
    }
}

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One file of the log: `log/<first position>.log`.
struct Segment: Sendable {
    let file: LogFile
    let header: SegmentHeader

    /// The address of the file's first byte in the log.
    var address: UInt64 { header.address }

    /// Where its first frame begins in the file.
    var firstFrame: Int { header.length }

    /// The name of the file for a segment that begins with a position: padded, so that names sort as
    /// positions.
    static func fileName(firstPosition: Position) -> String {
        let digits = String(firstPosition)
        return String(repeating: "0", count: 20 - digits.count) + digits + ".log"
    }

    /// The position in a segment's file name; nil for any other file.
    static func firstPosition(inFileName name: String) -> Position? {
        guard name.hasSuffix(".log"), name.utf8.count == 24 else { return nil }
        return Position(name.dropLast(4))
    }

    /// The suffix of a segment that is being made; it becomes one by being renamed, whole and flushed.
    static let unfinishedSuffix = ".new"

    /// Makes the next segment of a log: header written and flushed under another name, renamed, folder
    /// flushed.
    ///
    /// So a segment file always begins with a whole header.
    static func create(in folder: String, _ header: SegmentHeader) throws(EventLogError) -> Segment {
        let path = folder + "/" + fileName(firstPosition: header.firstPosition)
        // Renaming would silently replace a segment of the same name: acknowledged frames.
        guard !SystemCalls.exists(path) else { throw SystemCalls.refusal("make", path, code: EEXIST) }
        let unfinished = try LogFile(path + unfinishedSuffix, .create)
        let bytes = header.encoded()
        try unfinished.write(bytes[...], at: 0)
        try unfinished.flush()
        try SystemCalls.rename(path + unfinishedSuffix, to: path)
        try SystemCalls.flushFolder(folder)
        return Segment(file: try LogFile(path, .write), header: header)
    }
}

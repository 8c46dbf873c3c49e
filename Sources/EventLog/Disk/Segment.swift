/// One file of the log: `log/<first position>.log`.
struct Segment: Sendable {
    let file: any File
    let header: SegmentHeader

    /// The address of the file's first byte in the log.
    var address: UInt64 { header.address }

    /// Where its first frame begins in the file.
    var firstFrame: Int { header.length }

    /// The name of the file for a segment that begins with a position: padded, so that names sort as
    /// positions.
    static func fileName(firstPosition: Position) -> String {
        paddedName(firstPosition) + ".log"
    }

    /// A position in as many digits as the largest one has.
    static func paddedName(_ position: Position) -> String {
        let digits = String(position)
        return String(repeating: "0", count: 20 - digits.count) + digits
    }

    /// The position in a segment's file name; nil for any other file.
    static func firstPosition(inFileName name: String) -> Position? {
        guard name.hasSuffix(".log"), name.utf8.count == 24 else { return nil }
        return Position(name.dropLast(4))
    }

    /// Opens a segment that is there.
    ///
    /// - Throws: `EventLogError.damaged` when its header can't be read.
    static func open(
        _ path: String,
        _ access: FileAccess,
        _ files: any FileSystem
    ) throws(EventLogError) -> Segment {
        let file = try files.open(path, access)
        let first = try file.read(SegmentHeader.blockSize, at: 0)
        let length = try whole(path) { () throws(FrameFault) in
            try first.withRawBytes { bytes throws(FrameFault) in try SegmentHeader.length(of: bytes) }
        }
        let bytes = length > first.count ? try file.read(length, at: 0) : first
        let header = try whole(path) { () throws(FrameFault) in
            try bytes.withRawBytes { bytes throws(FrameFault) in try SegmentHeader(bytes) }
        }
        return Segment(file: file, header: header)
    }

    /// Tells of a header that can't be read as damage of its file.
    private static func whole<R>(
        _ path: String,
        _ read: () throws(FrameFault) -> R
    ) throws(EventLogError) -> R {
        do throws(FrameFault) { return try read() } catch {
            throw .damaged(file: path, offset: 0, reason: error.reason)
        }
    }

    /// Makes the next segment of a log: header written and flushed under another name, renamed, folder
    /// flushed.
    ///
    /// So a segment file always begins with a whole header.
    static func create(
        in folder: String,
        _ header: SegmentHeader,
        _ files: any FileSystem
    ) throws(EventLogError) -> Segment {
        let path = folder + "/" + fileName(firstPosition: header.firstPosition)
        // Renaming would silently replace a segment of the same name: acknowledged frames.
        guard !files.exists(path) else {
            throw .file(operation: "make", path: path, reason: "it is there already")
        }
        try files.replace(path, with: header.encoded())
        return Segment(file: try files.open(path, .write), header: header)
    }
}

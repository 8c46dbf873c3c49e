/// A segment that is being written by a restore: made with its first frame, so that none is without one.
struct RestoredSegment {
    private let segment: Segment
    private let path: String
    private let files: any FileSystem
    private var file: (any File)?
    private var buffer: [UInt8] = []
    private var written = 0

    /// What is written at once.
    private static let bufferSize = 1 << 20

    init(_ segment: Segment, at folder: String, _ files: any FileSystem) {
        self.segment = segment
        self.files = files
        path = folder + "/" + Segment.fileName(firstPosition: segment.header.firstPosition)
    }

    /// How long it is so far; 0 before it is begun.
    var bytes: Int { written + buffer.count }

    /// Makes the file, with the header as it is in the backup.
    mutating func begin() throws(EventLogError) {
        file = try files.open(path, .create)
        buffer = try segment.file.read(segment.firstFrame, at: 0)
    }

    mutating func append(_ frame: ArraySlice<UInt8>) throws(EventLogError) {
        if file == nil { try begin() }
        buffer += frame
        if buffer.count >= Self.bufferSize { try flushBuffer() }
    }

    private mutating func flushBuffer() throws(EventLogError) {
        try file?.write(buffer[...], at: written)
        written += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }

    /// Makes it durable, but for its name.
    mutating func finish() throws(EventLogError) {
        try flushBuffer()
        try file?.flush()
    }
}

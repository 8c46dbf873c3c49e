/// The list of a log's ended segments: what `MANIFEST` holds.
///
/// It is derived from the segments, and written behind each new one. What it adds is memory: a segment that
/// is gone or shorter than it was is missed, although no other file names it. Segments that were begun since
/// it was written follow from their headers.
///
/// The text is described in `LogFormat.md`.
struct Manifest: Equatable, Sendable {
    /// An ended segment.
    struct Line: Equatable, Sendable {
        let number: UInt64
        let firstPosition: Position
        /// Its length in bytes, the end frame included.
        let length: Int
    }

    let log: EventID
    var segments: [Line] = []

    /// Its file's name in the folder.
    static let fileName = "MANIFEST"
    private static let title = "perilune-log 1"

    /// Adds a segment that has ended.
    mutating func add(_ segment: SegmentHeader, length: Int) {
        segments.append(
            Line(number: segment.number, firstPosition: segment.firstPosition, length: length)
        )
    }

    /// Adds a segment that has ended, as a backup knows it.
    mutating func add(_ segment: BackupSegment) {
        segments.append(
            Line(number: segment.number, firstPosition: segment.firstPosition, length: segment.bytes)
        )
    }

    /// Why the newest segment that is there can't be the log's newest; nil when it can.
    ///
    /// A segment is listed when the one behind it has been made.
    func isMissingOne(behind newest: String) -> String? {
        let isListed = segments.contains {
            Segment.fileName(firstPosition: $0.firstPosition) == newest
        }
        return isListed ? "the segment behind it is gone" : nil
    }

    /// The text of the file.
    func encoded() -> [UInt8] {
        var text = "\(Self.title)\nlog \(log)\n"
        for segment in segments {
            text += "segment \(segment.number) \(segment.firstPosition) \(segment.length)\n"
        }
        return Array((text + Self.checkLine(text)).utf8)
    }

    private static func checkLine(_ text: String) -> String {
        let digits = String(text.withUTF8Bytes { Checksum.extend(over: $0) }, radix: 16)
        return "crc " + String(repeating: "0", count: 8 - digits.count) + digits + "\n"
    }

    init(log: EventID) {
        self.log = log
    }

    /// The list that a data folder holds; nil when there is none.
    ///
    /// - Throws: `EventLogError.damaged` when it can't be read as one.
    static func read(_ folder: String, _ files: any FileSystem) throws(EventLogError) -> Manifest? {
        let path = folder + "/" + fileName
        guard files.exists(path) else { return nil }
        let file = try files.open(path, .read)
        let bytes = try file.read(file.size(), at: 0)
        do throws(FrameFault) {
            return try Manifest(bytes)
        } catch {
            throw .damaged(file: path, offset: 0, reason: error.reason)
        }
    }

    /// Reads the text of the file.
    init(_ bytes: [UInt8]) throws(FrameFault) {
        let text = String(decoding: bytes, as: UTF8.self)
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.first == Self.title else {
            throw FrameFault("this is no list of segments, or one of a newer version")
        }
        guard lines.count >= 4, lines.removeLast().isEmpty else { throw FrameFault("the list is cut off") }
        let check = lines.removeLast() + "\n"
        guard check == Self.checkLine(lines.joined(separator: "\n") + "\n") else {
            throw FrameFault("the list doesn't match its checksum")
        }
        guard lines[1].hasPrefix("log "), let log = EventID(String(lines[1].dropFirst(4))) else {
            throw FrameFault("the list doesn't say whose it is")
        }
        self.log = log
        for line in lines.dropFirst(2) {
            let fields = line.split(separator: " ")
            guard fields.count == 4, fields[0] == "segment", let number = UInt64(fields[1]),
                let first = Position(fields[2]), let length = Int(fields[3])
            else { throw FrameFault("the list has a line that says nothing: \(line.prefix(80))") }
            segments.append(Line(number: number, firstPosition: first, length: length))
        }
    }
}

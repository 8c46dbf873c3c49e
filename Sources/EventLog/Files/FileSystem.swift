/// What the disk log needs of a file system, and nothing else.
///
/// Two things satisfy it: `POSIXFileSystem`, and in the tests one that forgets what was not flushed, tears,
/// fills up and fails. So every operation on a file that the log does goes through here, and what the log
/// makes of a failure can be tried at each single one of them.
///
/// Durable means: what was written to a file, after its `flush`; that a name is there, is gone, or stands for
/// another file, after `flushFolder`.
package protocol FileSystem: Sendable {
    /// Makes a folder and those above it, durably; one that is there is left as it is.
    func makeFolder(_ path: String) throws(EventLogError)

    /// The names in a folder, sorted.
    func names(in folder: String) throws(EventLogError) -> [String]

    /// Whether there is something at a path.
    func exists(_ path: String) -> Bool

    /// Opens a file.
    func open(_ path: String, _ access: FileAccess) throws(EventLogError) -> any File

    /// Gives a file another name, in place of the file that may have had it.
    func rename(_ path: String, to target: String) throws(EventLogError)

    /// Takes a file's name away; who has it open keeps its bytes.
    func remove(_ path: String) throws(EventLogError)

    /// Makes the names in a folder durable: new files, renames, removals.
    func flushFolder(_ path: String) throws(EventLogError)

    /// Bytes that can still be written to the disk that holds a folder.
    func freeBytes(in folder: String) throws(EventLogError) -> Int
}

/// How a file is opened.
package enum FileAccess: Sendable {
    /// It must be there, and is only read.
    case read
    /// It must be there.
    case write
    /// Makes the file, or empties the one that is there.
    case create
    /// Makes the file, or leaves the one that is there as it is.
    case openOrCreate
}

/// An open file.
///
/// Closed when the last reference is gone, so that a reader which still holds it when the log closes reads on
/// from its own file, and never from one that got the same number since.
package protocol File: AnyObject, Sendable {
    /// Where it was opened.
    var path: String { get }

    /// How long it is.
    func size() throws(EventLogError) -> Int

    /// Fills memory from an offset; returns how much there was before the file's end.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(EventLogError) -> Int

    /// Writes all of some bytes at an offset; a failure may leave some of them written.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(EventLogError)

    /// Makes sure that the file has room, zeros where nothing was written, up to a size.
    ///
    /// - Throws: `EventLogError.diskFull`, with the bytes of the file as they were.
    func allocate(upTo size: Int) throws(EventLogError)

    /// Cuts the file, or fills it up with zeros, to a size.
    func truncate(to size: Int) throws(EventLogError)

    /// Makes everything that was written durable, and the file's size.
    func flush() throws(EventLogError)

    /// Makes the next reads come from the disk: after a failed flush the system's cache may show bytes that
    /// never arrived there.
    ///
    /// Only a hint where the system has no such call.
    func forgetCache()

    /// Takes the file for this log alone, for as long as it is open; false when somebody else has it.
    func lock() throws(EventLogError) -> Bool

    /// Lets somebody else take it.
    func unlock()

    /// The whole file as memory, for a file that nobody changes any more.
    func map() throws(EventLogError) -> MappedBytes
}

extension File {
    /// The bytes of a range, or fewer at the file's end.
    package func read(_ count: Int, at offset: Int) throws(EventLogError) -> [UInt8] {
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
    package func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(EventLogError) {
        try bytes.withRawBytes { bytes throws(EventLogError) in try write(bytes, at: offset) }
    }

    /// Writes zeros over a range, a part at a time.
    package func writeZeros(_ range: Range<Int>) throws(EventLogError) {
        let zeros = [UInt8](repeating: 0, count: min(range.count, Self.zerosMax))
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.zerosMax) {
            try write(zeros[..<min(zeros.count, range.upperBound - start)], at: start)
        }
    }

    /// What one call of `writeZeros` writes at most: long enough that calls are few, short enough to keep.
    private static var zerosMax: Int { 1 << 20 }
}

extension FileSystem {
    /// Puts a whole file in place of what a path names: written and flushed under another name, renamed, the
    /// folder flushed.
    ///
    /// So whoever opens the path finds the old bytes or the new ones, and never a part.
    package func replace(_ path: String, with bytes: [UInt8]) throws(EventLogError) {
        let unfinished = path + unfinishedSuffix
        let file = try open(unfinished, .create)
        try file.write(bytes[...], at: 0)
        try file.flush()
        try rename(unfinished, to: path)
        try flushFolder(FilePath.parent(of: path))
    }

    /// The ending of a file that is being made; it becomes one by being renamed, whole and flushed.
    package var unfinishedSuffix: String { ".new" }
}

/// Paths as text.
package enum FilePath {
    /// The folder that holds what a path names.
    package static func parent(of path: String) -> String {
        var trimmed = Substring(path)
        while trimmed.count > 1, trimmed.last == "/" { trimmed.removeLast() }
        guard let slash = trimmed.lastIndex(of: "/") else { return trimmed == "." ? "/" : "." }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    }
}

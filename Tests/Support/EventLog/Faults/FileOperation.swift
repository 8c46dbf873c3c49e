/// An operation that was asked of a `FaultyFileSystem`.
struct FileOperation: Sendable, CustomStringConvertible {
    /// What was asked.
    enum Kind: String, Sendable {
        case makeFolder = "make the folder"
        case names = "list the folder"
        case open
        case create
        case rename
        case remove
        case flushFolder = "flush the folder"
        case freeBytes = "look at the disk of"
        case size = "look at"
        case read
        case write
        case allocate = "make room in"
        case truncate
        case flush
        case lock
        case map
    }

    let kind: Kind
    let path: String
    /// The bytes it is about.
    var range: Range<Int>?

    /// Whether a power cut before it can leave something else than one after it.
    var isChange: Bool {
        switch kind {
        case .names, .open, .freeBytes, .size, .read, .lock, .map: false
        default: true
        }
    }

    /// Whether a full disk can refuse it.
    var needsRoom: Bool { isChange && kind != .remove }

    /// Whether it can be done in part.
    var hasParts: Bool { kind == .write || kind == .flush }

    var description: String {
        "\(kind.rawValue) \(path)" + (range.map { " \($0)" } ?? "")
    }
}

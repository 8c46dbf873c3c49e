/// What a verification has read, and what it found.
public struct VerifyReport: Hashable, Sendable {
    /// The data folder.
    public let folder: String

    /// Everything that was found, in the order of the log.
    public internal(set) var findings: [LogFinding] = []

    /// Who has the folder; nil when nobody has.
    public internal(set) var holder: String?

    /// Segments that were read.
    public internal(set) var segments = 0

    /// Whole frames, those that end a segment aside.
    public internal(set) var frames = 0

    /// Position of the newest event in them.
    public internal(set) var lastPosition: Position = 0

    /// Index files that say what the segments say.
    public internal(set) var indexFiles = 0

    /// Bytes of segments and index files.
    public internal(set) var bytes = 0

    /// Whether nothing that was durable is missing or changed.
    public var isWhole: Bool { !findings.contains(where: \.isDamage) }

    init(folder: String) {
        self.folder = folder
    }
}

/// How a disk log is kept.
///
/// The defaults are right for a host; tests make segments small.
public struct DiskLogOptions: Sendable {
    /// A segment that has reached this many bytes is ended.
    ///
    /// A single frame may make it longer. 128 MiB: recovery reads the newest one in about 0.1 s, and 100
    /// million events are a few hundred files.
    public var segmentBytes: Int

    /// An index keeps the places of a segment's names and frames in 32 bits.
    public static let segmentBytesMax = 1 << 30

    /// The most that is written before one flush, a last frame aside.
    ///
    /// 4 MiB take about as long to write as a flush takes, so that more would only make the first commit of
    /// the group wait.
    public var groupBytesMax: Int

    /// Who the log is, if it is created now; nil draws a new identity.
    public var newIdentity: LogIdentity?

    /// Who does what needn't be done before a commit is answered.
    package enum Background: Sendable {
        /// Threads of the log's own.
        case threads
        /// The writer's thread, at once: tests that count operations want always the same.
        case inline
    }

    /// Who writes zeros ahead, and index files.
    package var background = Background.threads

    /// How many neighbouring index files become one.
    ///
    /// Eight: a look-up asks at most seven files of each size, and an entry is written again only once for
    /// every eightfold growth.
    package var indexMergeCount = 8

    /// The files; tests give one that fails.
    package var fileSystem: any FileSystem = POSIXFileSystem()

    /// Options, with a host's defaults.
    public init(
        segmentBytes: Int = 128 << 20,
        groupBytesMax: Int = 4 << 20,
        newIdentity: LogIdentity? = nil
    ) {
        self.segmentBytes = min(segmentBytes, Self.segmentBytesMax)
        self.groupBytesMax = groupBytesMax
        self.newIdentity = newIdentity
    }
}

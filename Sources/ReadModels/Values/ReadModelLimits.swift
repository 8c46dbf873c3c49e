/// What a script's statement may cost; one that needs more is refused or stopped with a clear error.
public struct ReadModelLimits: Hashable, Sendable {
    /// Instructions of SQLite's virtual machine in one statement: about two seconds, which no indexed
    /// statement needs.
    public var statementInstructionsMax = 100_000_000

    /// Wall-clock milliseconds of one statement: a generous net behind the instructions.
    ///
    /// One of those may sort or copy a lot; the time is looked at between them.
    public var statementMillisecondsMax = 5_000

    /// Rows of one result: more than a page of an answer shows, few enough to hold in a script's memory.
    public var rowsMax = 10_000

    /// Bytes of text and blobs in one result, and in one value: what a frame of the log holds, too.
    public var bytesMax = 16 << 20

    /// Different statements that a connection keeps prepared; then all are dropped, so that a script that
    /// builds its statements from values can't fill the memory.
    public var preparedStatementsMax = 200

    /// Connections for reading that are kept open between reads; more are opened when more threads read at
    /// once.
    public var idleReadersMax = 4

    /// The limits for production.
    public init() {}

    /// Bytes of one statement's text; a statement with its values as parameters is far smaller.
    static let statementBytesMax = 1 << 20

    /// Bytes of a pattern of `like` or `glob`, whose matching is one instruction, however long: its time may
    /// grow with the product of text and pattern.
    static let patternBytesMax: Int32 = 1_000

    /// Instructions between two looks at a statement's budget; a look costs nanoseconds.
    static let instructionsPerTick = 1_000

    /// Bytes of a projection's or table's name; as file names, with generation and suffix, they stay under
    /// 255.
    static let nameBytesMax = 100

    /// Bytes that the write-ahead file keeps on disk after a long transaction, for example a rebuild.
    static let idleWALBytesMax = 64 << 20

    /// Seconds that a connection waits for a lock; only opening takes turns with anybody, and for
    /// microseconds.
    static let lockSeconds = 5.0
}

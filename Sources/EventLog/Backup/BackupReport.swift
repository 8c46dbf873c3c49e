/// What a backup did.
public struct BackupReport: Hashable, Sendable {
    /// Position of the newest event that is in the folder now.
    public internal(set) var lastPosition: Position = 0

    /// Segments in the folder.
    public internal(set) var segments = 0

    /// Segments that were copied, or continued.
    public internal(set) var segmentsCopied = 0

    /// Bytes that were copied.
    public internal(set) var bytesCopied = 0

    /// Bytes that were there.
    public internal(set) var bytesKept = 0
}

/// How much of a log is restored; a log is cut at a whole frame.
public enum RestorePoint: Hashable, Sendable {
    /// All of it.
    case end

    /// The frames whose events all have this position at most, and the marks that were moved behind them and
    /// before the next event: what `fork(at:)` shows.
    case position(Position)

    /// The frames that were committed at this time or earlier.
    case time(LogTime)

    /// Whether a frame belongs to what is restored; frames behind one that doesn't never do.
    func includes(_ frame: FrameHeader) -> Bool {
        switch self {
        case .end: true
        case .position(let position): frame.firstPosition + Position(frame.eventCount) - 1 <= position
        case .time(let time): frame.time <= time
        }
    }

    /// Whether no event behind a position is wanted: then it doesn't matter what stands there.
    func isReached(at position: Position) -> Bool {
        if case .position(let wanted) = self { position >= wanted } else { false }
    }
}

/// What a restore did.
public struct RestoreReport: Hashable, Sendable {
    /// Position of the newest event that was restored; 0 for a log without events.
    public internal(set) var lastPosition: Position = 0

    /// When the newest frame was committed; nil for a log without frames.
    public internal(set) var lastTime: LogTime?

    /// Segments that were written.
    public internal(set) var segments = 0

    /// Bytes that were written.
    public internal(set) var bytes = 0

    /// Bytes behind the newest whole frame of the backup that are no frame: a write that was broken off.
    public internal(set) var tornBytes = 0

    /// Why the backup's list of segments can't be read; then nobody knows whether segments are missing at its
    /// end.
    public internal(set) var manifestFault: String?
}

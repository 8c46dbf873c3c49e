/// Where a log ends: all that the next frame must follow from.
struct LogEnd: Equatable, Sendable {
    /// Position of the newest event.
    var lastPosition: Position = 0
    /// Checksum of the newest frame.
    var chain: UInt32 = 0
    /// Time of the newest frame.
    var time: LogTime = .min
}

/// What opening a folder found, for the host to print.
public struct RecoveryReport: Sendable, Hashable, CustomStringConvertible {
    /// Bytes that don't read back as they were written, although they were once acknowledged.
    public struct Damage: Sendable, Hashable {
        /// The segment file.
        public let file: String
        /// Where in the file reading had to stop.
        public let offset: Int
        /// What is wrong there.
        public let reason: String
    }

    /// Segment files that were read.
    public internal(set) var segments = 0

    /// Whole frames that were found.
    public internal(set) var frames = 0

    /// Events in them.
    public internal(set) var events: UInt64 = 0

    /// Bytes of a write that a crash had cut short, and that nobody was ever told was done; wiped with zeros.
    public internal(set) var tornBytes = 0

    /// Index files that were missing or damaged, and were built again from their segments.
    public internal(set) var indexesBuilt = 0

    /// Why the list of ended segments couldn't be read; it was written again from the segments.
    public internal(set) var manifestFault: String?

    /// Damage, if there is any: then the log holds what is before it, and is read-only.
    public internal(set) var damage: Damage?

    /// One line for a person.
    public var description: String {
        var text = "\(events) events in \(frames) frames, \(segments) segments"
        if tornBytes > 0 { text += "; wiped \(tornBytes) bytes of an unfinished write" }
        if indexesBuilt > 0 { text += "; built the indexes of \(indexesBuilt) segments" }
        if let manifestFault { text += "; wrote the list of segments again, since \(manifestFault)" }
        if let damage {
            text += "; damaged: \(damage.file) at byte \(damage.offset): \(damage.reason)"
        }
        return text
    }
}

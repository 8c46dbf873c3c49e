import EventLog

/// Frames that are committed in turns, and the raw file that takes the same number of bytes.
///
/// The frames are made beforehand: making an event is the caller's work, not the log's.
struct CommitLoop {
    let log: DiskLog
    let frames: [NewFrame]
    let eventsPerCommit: Int

    /// What one commit writes.
    let bytes: Int

    private let raw: RawFile
    private let same: [UInt8]

    /// Commits that show what one of them writes; also the warm-up.
    private static let trialCommits = 50

    /// Works on a log that is open, beside which a raw file is made.
    init(_ log: DiskLog, _ frames: [NewFrame], in folder: BenchFolder) async throws {
        self.log = log
        self.frames = frames
        eventsPerCommit = frames.first?.events.count ?? 0
        let bytes = try await Self.bytesPerCommit(log, frames, folder.path + "/data/log")
        self.bytes = bytes
        same = (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 31) | 1 }
        raw = try RawFile(path: folder.path + "/raw-\(eventsPerCommit)")
    }

    private static func bytesPerCommit(
        _ log: DiskLog,
        _ frames: [NewFrame],
        _ files: String
    ) async throws -> Int {
        _ = try await log.commit(frames[0])
        while true {
            let before = try SegmentBytes.all(in: files)
            for number in 1...trialCommits { _ = try await log.commit(frames[number % frames.count]) }
            let after = try SegmentBytes.all(in: files)
            // The header of a segment that was made meanwhile is no part of a commit.
            guard before.count == after.count else { continue }
            let grown = after.reduce(0) { $0 + $1.used } - before.reduce(0) { $0 + $1.used }
            return max(1, grown / trialCommits)
        }
    }

    /// One caller that waits for each commit, for a turn; events a second.
    func rate(for turn: Duration, from first: Int = 0) async throws -> Double {
        try await Self.rate(of: log, frames, for: turn, from: first)
    }

    /// Callers beside each other, each of which waits for its own commits; events a second of all of them.
    func rate(ofWriters writers: Int, for turn: Duration) async throws -> Double {
        try await withThrowingTaskGroup(of: Double.self) { group in
            for writer in 0..<writers {
                group.addTask { [log, frames] in
                    try await Self.rate(of: log, frames, for: turn, from: writer * 3)
                }
            }
            return try await group.reduce(0, +)
        }
    }

    private static func rate(
        of log: DiskLog,
        _ frames: [NewFrame],
        for turn: Duration,
        from first: Int
    ) async throws -> Double {
        var number = first
        return try await Rounds.rate(for: turn) {
            let frame = frames[number % frames.count]
            _ = try await log.commit(frame)
            number += 1
            return frame.events.count
        }
    }

    /// `pwrite` and `fdatasync` of as many bytes, one after the other; events a second.
    func limit(for turn: Duration) async throws -> Double {
        try await Rounds.rate(for: turn) {
            try raw.append(same)
            return eventsPerCommit
        }
    }

    /// What no durable log can leave out: copies as many bytes, takes their CRC32C, writes and flushes them.
    func floor(for turn: Duration) async throws -> Double {
        var copy = [UInt8](repeating: 0, count: bytes)
        return try await Rounds.rate(for: turn) {
            same.withUnsafeBytes { source in copy.withUnsafeMutableBytes { $0.copyMemory(from: source) } }
            let checksum = copy.withUnsafeBytes { Checksum.extend(over: $0) }
            copy[0] = UInt8(truncatingIfNeeded: checksum) | 1
            try raw.append(copy)
            return eventsPerCommit
        }
    }
}

import Logging

/// Keeps written zeros in front of the writer, so that a commit neither makes its file longer nor finds the
/// disk full: both would cost a flush of the file system's own, or the commit.
///
/// A thread of its own writes and flushes them, a step at a time. A writer that outruns it asks the file
/// system for room instead, which costs as much as growing by writing, and is refused before a byte of a
/// commit is written.
///
/// Invariants: nobody writes zeros below `end`, and the writer writes nothing above it; whoever moves `end`
/// has claimed it (`isMoving`) before. So zeros never meet a commit.
final class ZeroAhead: Sendable {
    private struct State {
        /// The segment that is written; nil while there is none.
        var file: (any File)?
        /// The writer's own door to it, for room that is asked for.
        var writerFile: (any File)?
        /// Where the room ends.
        var end = 0
        /// How far the writer is.
        var used = 0
        /// Whether somebody is moving `end`.
        var isMoving = false
        /// Whether the last step found the disk full; the writer's next success ends that.
        var isFull = false
        var isClosed = false
    }

    private let state = Monitor(State())
    private let fileSystem: any FileSystem
    private let failure: LogFailure
    private let logger: Logger
    private let segmentBytes: Int
    private let isInline: Bool

    /// What is written and flushed at once: takes the disk a millisecond or two.
    static let step = 1 << 20

    /// Room that is kept at most: a tenth of a second of the fastest writers.
    private static let roomMax = 8 << 20

    /// Room that a small log gets: a fresh one shouldn't fill megabytes.
    private static let roomMin = 256 << 10

    init(_ options: DiskLogOptions, failure: LogFailure, logger: Logger) {
        self.logger = logger
        fileSystem = options.fileSystem
        segmentBytes = options.segmentBytes
        isInline = options.background == .inline
        self.failure = failure
    }

    /// Goes on with a segment that is used as far as an offset.
    func begin(_ file: any File, used: Int) throws(EventLogError) {
        let end = try file.size()
        // A door of its own: the system tells of a write that it couldn't carry out once for each, and the
        // writer must not miss it because this thread has heard of it first.
        let own = try fileSystem.open(file.path, .write)
        state.change { state in
            state.file = own
            state.writerFile = file
            state.end = end
            state.used = used
            state.isFull = false
        }
        if isInline { stepsInline() }
    }

    /// Lets go of the segment; behind it nobody but the writer touches the file.
    func endSegment() {
        // In one step: between two the thread could claim the file once more.
        state.wait { state -> Void? in
            guard !state.isMoving else { return nil }
            state.file = nil
            state.writerFile = nil
            return ()
        }
    }

    /// The writer is about to write below an end.
    ///
    /// - Throws: `EventLogError.diskFull` when there is no room, with nothing changed.
    func reserve(upTo end: Int) throws(EventLogError) {
        let claimed = state.wait { state -> (any File, Int)?? in
            if end <= state.end { return .some(nil) }
            if state.isMoving { return nil }
            guard let file = state.writerFile else { preconditionFailure("a writer has a segment") }
            state.isMoving = true
            return (file, state.end)
        }
        guard let (file, present) = claimed else { return }
        var reached = present
        defer {
            state.change { state in
                state.isMoving = false
                state.isFull = reached == present
                state.end = reached
            }
        }
        do throws(EventLogError) {
            // More than is asked for, so that the next commits find room.
            try file.allocate(upTo: max(end, min(end + Self.step, segmentBytes)))
            reached = max(end, min(end + Self.step, segmentBytes))
        } catch .diskFull {
            try file.allocate(upTo: end)
            reached = end
        }
    }

    /// The writer has written as far as an offset.
    func advance(to used: Int) {
        let isNeeded = state.withLock { state in
            state.used = used
            assert(state.file == nil || used <= state.end, "the writer writes below the end of the room")
            return Self.wantsStep(state, segmentBytes)
        }
        guard isNeeded else { return }
        if isInline { stepsInline() } else { state.change { _ in } }
    }

    private static func wantsStep(_ state: State, _ segmentBytes: Int) -> Bool {
        let room = min(roomMax, max(roomMin, state.used))
        return state.file != nil && !state.isMoving && !state.isFull
            && state.end < segmentBytes && state.end - state.used < room
    }

    // MARK: The thread

    /// Writes zeros until the log closes.
    func run() {
        while let (file, range) = claim() { write(file, range) }
    }

    /// Lets `run` end.
    func close() {
        state.change { $0.isClosed = true }
    }

    private func claim() -> (any File, Range<Int>)? {
        state.wait { state -> (any File, Range<Int>)?? in
            if state.isClosed { return .some(nil) }
            // Nothing to do isn't the end: it waits for the next change.
            return Self.claimStep(&state, segmentBytes).map { .some($0) }
        }
    }

    private static func claimStep(_ state: inout State, _ segmentBytes: Int) -> (any File, Range<Int>)? {
        guard wantsStep(state, segmentBytes), let file = state.file else { return nil }
        state.isMoving = true
        let step = min(step, max(roomMin, state.used))
        return (file, state.end..<min(state.end + step, max(segmentBytes, state.end + 1)))
    }

    private func stepsInline() {
        while let (file, range) = state.withLock({ Self.claimStep(&$0, segmentBytes) }) { write(file, range) }
    }

    private func write(_ file: any File, _ range: Range<Int>) {
        var isFull = false
        do throws(EventLogError) {
            try file.writeZeros(range)
            try file.flush()
        } catch .diskFull {
            // No commit is lost by it: the writer will ask for room itself, and be told.
            isFull = true
        } catch {
            failure.set(error.description)
            logger.critical("the log takes no more appends: \(error)")
            isFull = true
        }
        state.change { state in
            state.isMoving = false
            state.isFull = isFull
            if !isFull { state.end = range.upperBound }
        }
    }
}

import Logging

/// The one thread that writes: takes all that is queued, stages it, writes it with one call, flushes it with
/// another, shows it to readers and answers those who wait.
///
/// While it flushes, the next group gathers.
///
/// Invariants: nothing is answered or visible before the flush that it depends on; after the first write or
/// flush that failed nothing is written any more, because nobody can know what the disk holds. A full disk is
/// met before anything is written, and refuses the commit that needs the room, and no other.
///
/// @unchecked Sendable is true because only the thread that `run` is called on touches what changes; the log
/// hands it over once, when it starts that thread.
final class DiskWriter: @unchecked Sendable {
    private var sequencer: Sequencer
    private var segment: Segment
    /// Where the room ends that was made sure of.
    private var roomEnd = 0
    /// The header of the segment that comes next, while the newest one is ended and the next isn't made.
    private var nextHeader: SegmentHeader?
    private let folder: String
    private let options: DiskLogOptions
    private let shared: Shared

    /// The answers that become true with the next flush.
    private var flight: [(commit: PendingCommit, outcome: Outcome)] = []

    private enum Outcome {
        /// Written by the group in flight.
        case new(Receipt)
        /// Carried by this frame of the group in flight.
        case known(FrameRef)
        /// Refused, because of what the group in flight holds at the latest.
        case refused(EventLogError)
    }

    init(
        sequencer: Sequencer,
        segment: Segment,
        nextHeader: SegmentHeader? = nil,
        folder: String,
        options: DiskLogOptions,
        shared: Shared
    ) {
        self.sequencer = sequencer
        self.segment = segment
        self.nextHeader = nextHeader
        self.folder = folder
        self.options = options
        self.shared = shared
    }

    /// Works until the queue is closed and empty.
    func run() {
        while let commits = shared.queue.take(bytesMax: options.groupBytesMax) {
            for commit in commits {
                if let reason = shared.failure.reason {
                    commit.answer(.failure(.readOnly(reason: reason)))
                } else {
                    stage(commit)
                }
            }
            flush()
        }
        shared.zeros.endSegment()
    }

    /// Where in the segment the next frame goes.
    private var used: Int { Int(sequencer.nextAddress - segment.address) }

    private func stage(_ commit: PendingCommit) {
        do throws(EventLogError) {
            try makeRoom(for: commit)
        } catch .diskFull(let operation, let path) {
            return answerFull(commit, .diskFull(operation: operation, path: path))
        } catch {
            flush()
            fail(error)
            return commit.answer(.failure(.readOnly(reason: error.description)))
        }
        if let reason = shared.failure.reason {
            return commit.answer(.failure(.readOnly(reason: reason)))
        }
        do throws(EventLogError) {
            let staged = try shared.sealer.repairing { () throws(EventLogError) in
                try sequencer.stage(commit.frame)
            }
            switch staged {
            case .new(let receipt): flight.append((commit, .new(receipt)))
            case .known(let frame, isDurable: false): flight.append((commit, .known(frame)))
            case .known(let frame, isDurable: true):
                commit.answer(.success(try shared.reader.receipt(of: frame)))
            }
        } catch {
            flight.append((commit, .refused(error)))
        }
    }

    /// Refuses a commit for want of room, unless its key is known: then the old answer is the true one.
    private func answerFull(_ commit: PendingCommit, _ error: EventLogError) {
        guard let key = commit.frame.idempotencyKey else { return commit.answer(.failure(error)) }
        guard flush() else {
            return commit.answer(.failure(.readOnly(reason: shared.failure.reason ?? "the log failed")))
        }
        do throws(EventLogError) {
            let known = try shared.sealer.repairing { () throws(EventLogError) in
                try shared.reader.receipt(forKey: key)
            }
            commit.answer(known.map { .success($0) } ?? .failure(error))
        } catch {
            commit.answer(.failure(error))
        }
    }

    /// Makes sure that a commit, and the end of the segment behind it, can be written without the disk
    /// running full.
    private func makeRoom(for commit: PendingCommit) throws(EventLogError) {
        let needed = commit.size + FrameWriter.endFrameSize
        // A segment is named by its first position, so it holds at least one event before the next one
        // begins.
        if nextHeader != nil || used + needed > options.segmentBytes && sequencer.totals.events > 0 {
            guard flush() else { return }
            try beginSegment()
        }
        try shared.zeros.reserve(upTo: used + needed)
        roomEnd = used + needed
    }

    /// Makes the group durable, then visible, then answers; returns whether the log is still sound.
    @discardableResult
    private func flush() -> Bool {
        defer { flight.removeAll(keepingCapacity: true) }
        if sequencer.stagedFrames > 0 {
            // Zeros are written behind the room: a frame that went beyond would be wiped, whoever knows it.
            precondition(used <= roomEnd, "a frame is longer than its bound")
            let address = sequencer.groupAddress
            do throws(EventLogError) {
                FailPoint.frameStaged.pass()
                try segment.file.write(sequencer.bytes, at: Int(address - segment.address))
                FailPoint.frameWritten.pass()
                try segment.file.flush()
                FailPoint.frameFlushed.pass()
            } catch {
                fail(error)
                return false
            }
            shared.files.recent.append(sequencer.bytes, at: address)
            sequencer.publish()
            shared.waiters.wake()
        }
        for (commit, outcome) in flight { answer(commit, outcome) }
        shared.zeros.advance(to: used)
        return true
    }

    private func answer(_ commit: PendingCommit, _ outcome: Outcome) {
        switch outcome {
        case .new(let receipt): commit.answer(.success(receipt))
        case .refused(let error): commit.answer(.failure(error))
        case .known(let frame):
            commit.answer(Result { () throws(EventLogError) in try shared.reader.receipt(of: frame) })
        }
    }

    /// Ends the segment, unless a full disk has left it ended before, and goes on in a new one.
    private func beginSegment() throws(EventLogError) {
        let header: SegmentHeader
        if let nextHeader {
            header = nextHeader
        } else {
            header = try endSegment()
            nextHeader = header
        }
        let next = try Segment.create(in: folder, header, options.fileSystem)
        let ended = segment.header
        segment = next
        nextHeader = nil
        sequencer.beginSegment(at: segment.address + UInt64(segment.firstFrame))
        shared.files.append(segment)
        try shared.zeros.begin(segment.file, used: segment.firstFrame)
        shared.logger.debug("a new segment begins", metadata: ["position": "\(header.firstPosition)"])
        shared.sealer.segmentEnded(ended, endAddress: header.address)
    }

    /// Writes the frame that ends the segment, and gives back the room behind it.
    private func endSegment() throws(EventLogError) -> SegmentHeader {
        shared.zeros.endSegment()
        let start = used
        sequencer.stageSegmentEnd()
        do throws(EventLogError) {
            try segment.file.write(sequencer.bytes, at: start)
            try segment.file.truncate(to: used)
            try segment.file.flush()
        } catch .diskFull(let operation, let path) {
            // There was room for it. Whether the segment is ended on the disk is unknown now, so nothing may
            // be written behind or over it.
            throw .file(operation: operation, path: path, reason: "the disk is full")
        }
        return SegmentHeader(
            identity: segment.header.identity,
            number: segment.header.number + 1,
            end: sequencer.end,
            address: sequencer.nextAddress,
            symbols: shared.index.withIndex { $0.symbols.names }
        )
    }

    /// The first failure: who is in flight can't know what became of the frame; nobody writes from now on.
    private func fail(_ error: EventLogError) {
        shared.failure.set(error.description)
        shared.logger.critical("the log takes no more appends: \(error)")
        for (commit, outcome) in flight {
            switch outcome {
            case .new, .known: commit.answer(.failure(.outcomeUnknown(reason: error.description)))
            // It wasn't written, but what it was refused for may not have been either.
            case .refused: commit.answer(.failure(.readOnly(reason: error.description)))
            }
        }
    }
}

import Logging

/// The one thread that writes: takes all that is queued, stages it, writes it with one call, flushes it with
/// another, shows it to readers and answers those who wait.
///
/// While it flushes, the next group gathers.
///
/// Invariants: nothing is answered or visible before the flush that it depends on; after the first write or
/// flush that failed nothing is written any more, because nobody can know what the disk holds.
///
/// @unchecked Sendable is true because only the thread that `run` is called on touches what changes; the log
/// hands it over once, when it starts that thread.
final class DiskWriter: @unchecked Sendable {
    private var sequencer: Sequencer
    private var segment: Segment
    private let folder: String
    private let options: DiskLogOptions
    private let shared: Shared

    /// The answers that become true with the next flush.
    private var flight: [(commit: PendingCommit, outcome: Outcome)] = []

    /// What the writer shares with the log that started it.
    struct Shared: Sendable {
        let index: SharedIndex
        let files: SegmentFiles
        let reader: LogReader
        let waiters: Waiters
        let queue: CommitQueue
        let failure: LogFailure
        let logger: Logger
    }

    private enum Outcome {
        /// Written by the group in flight.
        case new(Receipt)
        /// Carried by the frame with this index, of the group in flight.
        case known(frameIndex: Int)
        /// Refused, because of what the group in flight holds at the latest.
        case refused(EventLogError)
    }

    init(
        sequencer: Sequencer,
        segment: Segment,
        folder: String,
        options: DiskLogOptions,
        shared: Shared
    ) {
        self.sequencer = sequencer
        self.segment = segment
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
    }

    private func stage(_ commit: PendingCommit) {
        let used = Int(sequencer.nextAddress - segment.address)
        let isFull = used + commit.size + FrameWriter.endFrameSize > options.segmentBytes
        // A segment is named by its first position, so it holds at least one event before the next one
        // begins.
        if isFull, sequencer.totals.events > 0, !beginSegment() {
            return commit.answer(.failure(.readOnly(reason: shared.failure.reason ?? "the log failed")))
        }
        do throws(EventLogError) {
            switch try sequencer.stage(commit.frame) {
            case .new(let receipt): flight.append((commit, .new(receipt)))
            case .knownInGroup(let index): flight.append((commit, .known(frameIndex: index)))
            case .known(let frame): commit.answer(.success(try shared.reader.receipt(of: frame)))
            }
        } catch {
            flight.append((commit, .refused(error)))
        }
    }

    /// Makes the group durable, then visible, then answers; returns whether the log is still sound.
    @discardableResult
    private func flush() -> Bool {
        defer { flight.removeAll(keepingCapacity: true) }
        if sequencer.stagedFrames > 0 {
            let address = sequencer.groupAddress
            do throws(EventLogError) {
                try segment.file.write(sequencer.bytes, at: Int(address - segment.address))
                try segment.file.flush()
            } catch {
                fail(error)
                return false
            }
            shared.files.recent.append(sequencer.bytes, at: address)
            sequencer.publish()
            shared.waiters.wake()
        }
        for (commit, outcome) in flight { answer(commit, outcome) }
        return true
    }

    private func answer(_ commit: PendingCommit, _ outcome: Outcome) {
        switch outcome {
        case .new(let receipt): commit.answer(.success(receipt))
        case .refused(let error): commit.answer(.failure(error))
        case .known(let frameIndex):
            let frame = shared.index.withIndex { $0.frames[frameIndex] }
            commit.answer(Result { () throws(EventLogError) in try shared.reader.receipt(of: frame) })
        }
    }

    /// Ends the segment and goes on in a new one; returns false when that failed.
    private func beginSegment() -> Bool {
        guard flush() else { return false }
        do throws(EventLogError) {
            let endOffset = Int(sequencer.nextAddress - segment.address)
            sequencer.stageSegmentEnd()
            try segment.file.write(sequencer.bytes, at: endOffset)
            try segment.file.flush()
            let symbols = shared.index.withIndex { $0.symbols.names }
            let header = SegmentHeader(
                identity: segment.header.identity,
                number: segment.header.number + 1,
                end: sequencer.end,
                address: sequencer.nextAddress,
                symbols: symbols
            )
            segment = try Segment.create(in: folder, header, options.fileSystem)
            sequencer.beginSegment(at: segment.address + UInt64(segment.firstFrame))
            shared.files.append(segment)
            shared.logger.debug("a new segment begins", metadata: ["position": "\(header.firstPosition)"])
            return true
        } catch {
            fail(error)
            return false
        }
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

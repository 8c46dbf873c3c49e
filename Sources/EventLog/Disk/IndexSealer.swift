import Logging
import Synchronization

/// Turns the indexes of ended segments into files, in the background: writes them, merges neighbouring ones,
/// builds damaged ones again, and keeps the list of segments up to date.
///
/// Nothing of it is the truth. A file that a full disk has no room for leaves its part in memory, and is
/// tried again with the next; one that is missing or damaged is built again from its segments. Any other
/// failure is the disk's, and ends appending.
///
/// Invariants: at most `waitingMax` ended parts wait in memory, so that memory stays bounded when segments
/// end faster than indexes are written; one thread at a time changes files, the sealer's own or one that
/// repairs.
final class IndexSealer: Sendable {
    /// A segment that has ended.
    struct Ended: Sendable {
        let header: SegmentHeader
        let index: SegmentIndex
        let marks: NamedMarks
        let stretch: IndexStretch
    }

    private struct State {
        var waiting: [Ended] = []
        var isClosed = false
    }

    private let folder: IndexFolder
    private let index: SharedIndex
    private let failure: LogFailure
    private let logger: Logger
    private let isInline: Bool
    private let state = Monitor(State())
    /// Locked while files are changed.
    private let work: Mutex<Work>

    private struct Work {
        /// The list of segments.
        var manifest: Manifest
        /// Parts whose files a full disk had no room for.
        var unsealed: [Ended] = []
    }

    /// Ended parts in memory: one that is being written, and one more.
    private static let waitingMax = 2

    init(
        _ folder: IndexFolder,
        index: SharedIndex,
        manifest: Manifest,
        failure: LogFailure,
        logger: Logger
    ) {
        self.folder = folder
        self.index = index
        self.failure = failure
        self.logger = logger
        work = Mutex(Work(manifest: manifest))
        isInline = folder.options.background == .inline
    }

    /// The writer has ended a segment, and made the one that follows it.
    ///
    /// Waits while too many are in memory.
    func segmentEnded(_ segment: SegmentHeader, endAddress: UInt64) {
        let ended = index.withIndex { index in
            Ended(
                header: segment,
                index: index.endPart(),
                marks: index.marks.named(by: index.symbols.names),
                stretch: IndexStretch(
                    firstSegment: segment.number,
                    segmentCount: 1,
                    startAddress: segment.address,
                    endAddress: endAddress
                )
            )
        }
        if isInline { return seal(ended) }
        state.wait { $0.waiting.count < Self.waitingMax || $0.isClosed ? () : nil }
        state.change { $0.waiting.append(ended) }
    }

    // MARK: The thread

    /// Seals what has ended until the log closes, and what waits then.
    func run() {
        while let ended = state.wait({ state -> Ended?? in
            if let first = state.waiting.first { return first }
            return state.isClosed ? .some(nil) : nil
        }) {
            seal(ended)
            state.change { _ = $0.waiting.removeFirst() }
        }
    }

    /// Lets `run` end.
    func close() {
        state.change { $0.isClosed = true }
    }

    /// Waits for a repair that is under way; behind it nobody changes a file.
    func waitUntilIdle() {
        work.withLock { _ in }
    }

    private func seal(_ ended: Ended) {
        work.withLock { work in
            work.unsealed.append(ended)
            do throws(EventLogError) {
                let length = Int(ended.stretch.endAddress - ended.header.address)
                work.manifest.add(ended.header, length: length)
                try folder.write(work.manifest)
                while let next = work.unsealed.first {
                    let part = try folder.write(next)
                    index.withIndex { $0.replaceParts(with: [part]) }
                    work.unsealed.removeFirst()
                }
                try mergeWhatIsDue()
            } catch .diskFull {
                logger.error("the disk is too full for an index file; it is tried again at the next segment")
            } catch {
                failure.set(error.description)
                logger.critical("the log takes no more appends: \(error)")
            }
        }
    }

    // MARK: Merging

    /// Merges the newest files of one size while there are enough of them.
    private func mergeWhatIsDue() throws(EventLogError) {
        while !state.withLock({ $0.isClosed }), let due = folder.partsToMerge(index.view().parts) {
            let merged: SealedPart?
            do throws(EventLogError) {
                merged = try folder.merge(due)
            } catch {
                guard case .damaged(let file, _, _) = error, folder.isIndex(file) else { throw error }
                return rebuildOrTell(file)
            }
            guard let merged else { return }
            index.withIndex { $0.replaceParts(with: [merged]) }
            for part in due { try folder.remove(part) }
            logger.debug("\(due.count) index files became one", metadata: ["events": "\(merged.eventCount)"])
        }
    }

    /// Builds a file again that a merge found damaged; the merge is tried with the next segment.
    private func rebuildOrTell(_ file: String) {
        do throws(EventLogError) {
            try rebuild(file)
        } catch {
            // A segment that is damaged as well: whoever reads there is told, appends don't depend on it.
            logger.error("a damaged index file can't be built again", metadata: ["reason": "\(error)"])
        }
    }

    // MARK: Repair

    /// Runs a look-up; when an index file turns out to be damaged, builds it again and runs it once more.
    func repairing<R>(_ body: () throws(EventLogError) -> R) throws(EventLogError) -> R {
        var repaired: Set<String> = []
        while true {
            do throws(EventLogError) {
                return try body()
            } catch {
                guard case .damaged(let file, _, let reason) = error, folder.isIndex(file),
                    repaired.insert(file).inserted
                else { throw error }
                logger.error(
                    "an index file is damaged and built again",
                    metadata: [
                        "file": "\(file)", "reason": "\(reason)",
                    ]
                )
                try work.withLock { _ throws(EventLogError) in
                    // Behind the log's end its folder may be somebody else's.
                    guard !state.withLock({ $0.isClosed }) else { throw .closed }
                    try rebuild(file)
                }
            }
        }
    }

    private func rebuild(_ file: String) throws(EventLogError) {
        let parts = index.view().parts
        // Who asked second finds it done.
        guard let place = parts.firstIndex(where: { ($0 as? SealedPart)?.path == file }),
            let damaged = parts[place] as? SealedPart
        else { return }
        let new: [any IndexPart]
        do throws(EventLogError) {
            new = try folder.rebuild(damaged, behind: Array(parts[..<place]))
        } catch {
            guard case .damaged(let other, _, _) = error, folder.isIndex(other), other != file else {
                throw error
            }
            // An older one that this one goes on from.
            try rebuild(other)
            return try rebuild(file)
        }
        index.withIndex { $0.replaceParts(with: new) }
    }
}

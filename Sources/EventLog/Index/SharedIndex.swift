import Synchronization

/// The index, shared between the sequencer that adds to it and the readers.
///
/// The lock is held for what changes: the active part, symbols, marks, and the list of parts. The parts that
/// are ended never change, so readers search them outside of it, files among them.
final class SharedIndex: Sendable {
    private let index: Mutex<LogIndex>
    private let last: Atomic<Position>

    /// An index that recovery has filled and published, or an empty one.
    init(_ index: LogIndex) {
        last = Atomic(index.visiblePosition)
        self.index = Mutex(index)
    }

    /// Position of the newest durable event.
    var lastPosition: Position { last.load(ordering: .acquiring) }

    /// Runs a look-up, or adds to the index.
    func withIndex<R: Sendable, Failure: Error>(
        _ body: (inout LogIndex) throws(Failure) -> R
    ) throws(Failure) -> R {
        try index.withLock { index throws(Failure) -> R in try body(&index) }
    }

    /// Makes everything that was added visible.
    func publish() {
        let position = withIndex { index in
            index.publish()
            return index.visiblePosition
        }
        // Behind the index, so that whoever sees the position also finds the event.
        last.store(position, ordering: .releasing)
    }

    // MARK: Asking

    /// What doesn't change any more, as of one moment.
    struct View: Sendable {
        let parts: [any IndexPart]
        /// The position before the first event of the part that was active.
        let activeBase: Position
        let visiblePosition: Position
        let symbols: [String]
        let seed: UInt64
    }

    /// The index as of now.
    func view() -> View {
        withIndex { index in
            View(
                parts: index.parts,
                activeBase: index.active.base,
                visiblePosition: index.visiblePosition,
                symbols: index.symbols.names,
                seed: index.seed
            )
        }
    }

    /// The newest revision of a stream that readers may see; nil when it has no events.
    func visibleRevision(of stream: StreamName) throws(EventLogError) -> Revision? {
        let (next, parts) = withIndex { index -> (Revision?, [any IndexPart]) in
            let visible = UInt32(index.visiblePosition - min(index.visiblePosition, index.active.base))
            let next = stream.text.withKey(.stream, seed: index.seed) { key -> Revision? in
                index.active.find(key).map { $0.firstRevision + Revision($0.ordinals.lowerBound(visible)) }
            }
            return (next, index.parts)
        }
        if let next { return next == 0 ? nil : next - 1 }
        let seed = withIndex { $0.seed }
        return try stream.text.withKey(.stream, seed: seed) { key throws(EventLogError) in
            for part in parts.reversed() {
                if let found = try part.find(key) {
                    return found.firstRevision + Revision(found.ordinals.count) - 1
                }
            }
            return nil
        }
    }

    /// The durable frame that carries an idempotency key; nil when none does.
    func visibleFrame(ofKey key: String) throws(EventLogError) -> FrameRef? {
        let (active, parts, seed) = withIndex { index -> (ActiveFrame?, [any IndexPart], UInt64) in
            let found = key.withKey(.idempotency, seed: index.seed) { key -> ActiveFrame? in
                index.active.find(key)?.ordinals.first.map { number in
                    ActiveFrame(
                        frame: index.active.frame(Int(number)),
                        isVisible: Int(number) < index.visibleFrames
                    )
                }
            }
            return (found, index.parts, index.seed)
        }
        if let active { return active.isVisible ? active.frame : nil }
        return try key.withKey(.idempotency, seed: seed) { key throws(EventLogError) in
            try parts.frame(ofKey: key)
        }
    }

    private struct ActiveFrame: Sendable {
        let frame: FrameRef
        let isVisible: Bool
    }
}

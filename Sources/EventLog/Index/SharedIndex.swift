import Synchronization

/// The index, shared between the sequencer that adds to it and the readers; held only for look-ups, never
/// while anything is read from a file.
final class SharedIndex: Sendable {
    private let index: Mutex<LogIndex>
    private let last: Atomic<Position>

    /// An index that recovery has filled and published, or an empty one.
    init(_ index: LogIndex = LogIndex()) {
        last = Atomic(Position(index.visibleEventCount))
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
            return Position(index.visibleEventCount)
        }
        // Behind the index, so that whoever sees the position also finds the event.
        last.store(position, ordering: .releasing)
    }
}

import EventLog
import HeapModule

/// A timer that hasn't fired: when it is due, and where its command stands in the log.
struct WaitingTimer: Comparable, Sendable {
    /// Milliseconds since 1970.
    let due: Int64

    let position: Position

    static func < (left: WaitingTimer, right: WaitingTimer) -> Bool {
        (left.due, left.position) < (right.due, right.position)
    }
}

/// How much a snapshot of the waiting timers is, and when it is due.
struct SnapshotSizes: Sendable {
    /// Events below which no start is slow: some tenths of a second.
    var foldedFew = 100_000

    /// Timers in one event: some 30 KB.
    var partTimers = 1_000

    /// Events in one frame: some 3 MB.
    var frameParts = 100
}

/// The timers that wait: a fold of the category `$timer`.
///
/// 16 bytes a timer, 16 MB a million; the commands stay in the log until they are due. What would have to be
/// folded at the next start is bounded: `wantsSnapshot` says when it has grown to much more than what waits,
/// and the timekeeper then writes the waiting ones down at the end of the log and moves its mark up to there.
/// Each snapshot of n timers follows upon at least 4 n events, so it costs a fixed part of what caused it.
///
/// While the log is read at a start, timers are kept by position, since the fact that one fired comes later;
/// from `ready` on only the timekeeper fires, and they are kept by what is due next.
struct WaitingTimers: Sendable {
    private var heap = Heap<WaitingTimer>()
    private var byPosition: [Position: Int64]? = [:]

    /// Events that a start would have to fold.
    private(set) var folded = 0

    var count: Int { byPosition?.count ?? heap.count }

    /// The next one to fire; nil while none waits, and before `ready`.
    var next: WaitingTimer? { heap.min }

    /// Everything that waits, in no order.
    var all: [WaitingTimer] { heap.unordered }

    /// Where the timers stand that are due first.
    func positions(atMost count: Int) -> [Position] {
        let waiting = byPosition?.map { WaitingTimer(due: $0.value, position: $0.key) } ?? all
        return (waiting.count <= count ? waiting : Array(waiting.sorted().prefix(count))).map(\.position)
    }

    mutating func fold(_ event: RecordedEvent) throws {
        folded += 1
        switch try TimerRecord(event) {
        case .set(let timer): insert(timer)
        case .fired(let position): byPosition?[position] = nil
        case .waiting(let timers):
            // Behind `ready` this is our own snapshot of what is here.
            if byPosition != nil { for timer in timers { insert(timer) } }
        case nil: break
        }
    }

    /// The log has been read to its end.
    mutating func ready() {
        guard let timers = byPosition else { return }
        heap = Heap(timers.map { WaitingTimer(due: $0.value, position: $0.key) })
        byPosition = nil
    }

    /// Takes what is due, the earliest first.
    mutating func takeDue(at now: Int64) -> WaitingTimer? {
        guard let first = heap.min, first.due <= now else { return nil }
        return heap.removeMin()
    }

    /// Puts back, or adds.
    mutating func insert(_ timer: WaitingTimer) {
        if byPosition == nil { heap.insert(timer) } else { byPosition?[timer.position] = timer.due }
    }

    func wantsSnapshot(_ sizes: SnapshotSizes) -> Bool {
        byPosition == nil && folded > max(sizes.foldedFew, 4 * count)
    }

    /// A start folds no more than a snapshot of so many events.
    mutating func wroteSnapshot(_ events: Int) { folded = events }
}

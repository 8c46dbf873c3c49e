import EventLog
import Synchronization

/// The streams, keys, categories and types that a log's events name, for whoever types one of them.
///
/// A log has no list of its streams. So its newest events are gone through in the background, a page at a
/// time, and then those that come; what is known so far is looked up at once. Invariants: a look-up reads
/// nothing; no more than `eventsMax` events of before are read, and no more than `namesMax` names are kept.
///
/// Made by `Explorer` and asked on its thread; filled on another, by `perilune repl`.
public final class KnownNames: Sendable {
    /// Events that are gone through, the newest ones: a host reads so many in two seconds, and does so over
    /// a minute.
    public static let eventsMax = 500_000

    /// A key has about three names, which take 100 bytes each.
    static let namesMax = 1_000_000

    /// Putting names among the others costs as much as there are others.
    private static let recentShare = 4

    private let state = Mutex(State())

    private struct State {
        var names = SortedNames()
        /// What was read last, and is put among the others once it is a fair part of them.
        var recent = SortedNames()
        /// Everything behind `oldest` and up to `newest` was gone through; nil before the first page.
        var oldest: Position?
        var newest: Position = 0
        var events = 0
    }

    /// None yet.
    public init() {}

    /// Whether everything is known that a log names up to a position, as far as it is gone through at all.
    public func reaches(_ position: Position) -> Bool {
        state.withLock { $0.oldest != nil && $0.newest >= position }
    }

    /// What begins with a text.
    public func matches(_ start: String, limit: Int) -> NameMatches {
        let (names, recent) = state.withLock { ($0.names, $0.recent) }
        return names.matches(start, limit: limit).merged(
            with: recent.matches(start, limit: limit),
            limit: limit
        )
    }

    /// Reads one page more: of what has come since, or else of what was before.
    ///
    /// One thread at a time calls it.
    /// - Returns: whether there is more to read now.
    /// - Throws: what reading the log throws.
    public func readPage(of log: any EventLog) throws(EventLogError) -> Bool {
        let head = log.lastPosition
        let (oldest, newest, events) = state.withLock { ($0.oldest, $0.newest, $0.events) }
        if let oldest, newest >= head {
            guard oldest > 1, events < Self.eventsMax, hasRoom else { return false }
            let page = try log.read(request(after: oldest, .backwards))
            take(page.events)
            state.withLock { $0.oldest = page.reachedEnd ? 1 : page.scannedTo }
            return true
        }
        if oldest == nil {
            let page = try log.read(request(after: head + 1, .backwards))
            take(page.events)
            state.withLock { ($0.oldest, $0.newest) = (page.reachedEnd ? 1 : page.scannedTo, head) }
        } else {
            let page = try log.read(request(after: newest, .forwards))
            take(page.events)
            state.withLock { $0.newest = page.reachedEnd ? max(head, newest) : page.scannedTo }
        }
        return true
    }

    private var hasRoom: Bool {
        state.withLock { $0.names.all.count + $0.recent.all.count < Self.namesMax }
    }

    private func request(after position: Position, _ direction: ReadRequest.Direction) -> ReadRequest {
        ReadRequest(.all, after: position, direction: direction, limit: RuntimeLimits.readPage)
    }

    /// Sorts outside the lock, so that a look-up doesn't wait for it.
    private func take(_ events: [RecordedEvent]) {
        var (names, recent) = state.withLock { ($0.names, $0.recent) }
        if hasRoom { recent.insert(SortedNames(Self.names(of: events))) }
        if recent.all.count > names.all.count / Self.recentShare {
            names.insert(recent)
            recent = SortedNames()
        }
        state.withLock { state in
            (state.names, state.recent) = (names, recent)
            state.events += events.count
        }
    }

    /// What events name that isn't the host's own.
    static func names(of events: some Sequence<RecordedEvent>) -> Set<String> {
        var names: Set<String> = []
        for event in events where !event.stream.isHostOwned {
            names.insert(event.stream.text)
            names.insert(event.stream.key)
            // Of these there are few.
            if names.insert("\(event.stream.category).\(event.type)").inserted {
                names.formUnion([event.stream.category, event.type])
            }
        }
        names.remove("")
        return names
    }
}

import EventLog
import Logging
import Synchronization

/// Reads the head of the log once for all handlers that have caught up, and brings each what it wants.
///
/// Handlers that lag behind read on their own, and join when they have come as far as the router. Invariants:
/// - who joins has read everything up to `cursor` itself, and is brought everything behind it, until it
///   leaves: nothing suspends between looking at `cursor` and being a member, nor between reading a page and
///   moving `cursor`;
/// - `reached` grows only when everything up to there is with the members that want it;
/// - a member takes a page in one go, or leaves and reads on from behind what it took: nobody waits for one
///   that is slow.
///
/// What no handler can want isn't read at all, where the index can tell.
///
///     log → page → table → take of each member that wants some of it → reached
///
/// A handler without events for it costs nothing. Started and stopped by `Host`; `HandlerProcessor` joins.
actor Router {
    /// Takes events in order, all that the member wants up to a position; false when it has left.
    typealias Take = @Sendable (_ events: [RecordedEvent], _ through: Position) async -> Bool

    /// What became of a wish to join.
    enum Joining {
        case joined
        /// There are events behind the position that were brought to the members already.
        case behind
        /// The router doesn't run: everybody reads on his own.
        case closed
    }

    private struct Member {
        let number: UInt64
        let take: Take
        let leave: @Sendable () async -> Void
    }

    private let log: any EventLog
    private let logger: Logger
    private let table: RoutingTable
    private let routings: [Routing]
    /// The narrowest read that holds what any of the handlers wants.
    private let filter: EventFilter

    private var members: [Int: Member] = [:]
    private var nextNumber: UInt64 = 0
    /// Everything up to here was read for the members.
    private var cursor: Position = 0
    private var nextQuiet = RuntimeLimits.quietMarkLag
    private var task: Task<Void, Never>?
    private var isClosed = true
    private let signal = Signal()
    private nonisolated let delivered = Atomic<Position>(0)

    /// Everything up to here is with the members that want it.
    nonisolated var reached: Position { delivered.load(ordering: .acquiring) }

    /// Builds the table; handlers are known by their places in the list.
    init(_ routings: [Routing], log: any EventLog, logger: Logger) {
        self.log = log
        self.logger = logger
        self.routings = routings
        table = RoutingTable(routings.map(\.patterns))
        filter = Self.filter(of: routings)
    }

    /// All, where the index would have to join too many lists: that costs more than it spares.
    private static func filter(of routings: [Routing]) -> EventFilter {
        let filter = Routing(routings.flatMap(\.patterns)).filter
        guard case .query(let query) = filter, query.types.count > RuntimeLimits.routedTypesMax else {
            return filter
        }
        return .all
    }

    /// The router of an app's handlers.
    init(for handlers: [HandlerDefinition], log: any EventLog, logger: Logger) {
        self.init(handlers.map { Routing($0.routes, tags: $0.tags) }, log: log, logger: logger)
    }

    /// Begins to read, as soon as somebody has joined.
    func start() {
        isClosed = false
        task = Task { await run() }
    }

    /// Ends behind the page that is being brought.
    func stop() async {
        isClosed = true
        signal.finish()
        task?.cancel()
        await task?.value
        members = [:]
    }

    /// From now on the handler is brought what it wants behind the position, up to which it has read itself.
    ///
    /// `leave` tells it that the router can't go on.
    func join(
        _ handler: Int,
        at position: Position,
        take: @escaping Take,
        leave: @escaping @Sendable () async -> Void
    ) -> Joining {
        // Who is further than the log is can't be waited with: the others would never catch up with it.
        guard !isClosed, position <= log.lastPosition else { return .closed }
        guard position >= cursor else { return .behind }
        if members.isEmpty {
            // Nobody misses what is between.
            cursor = position
            advance(to: position)
        }
        nextNumber += 1
        members[handler] = Member(number: nextNumber, take: take, leave: leave)
        signal.raise()
        return .joined
    }

    private func run() async {
        while !isClosed {
            guard !members.isEmpty else {
                await signal.wait()
                continue
            }
            do {
                let page = try log.read(ReadRequest(filter, after: cursor, limit: RuntimeLimits.readPage))
                let bundles = sort(page.events)
                let position = page.scannedTo
                cursor = position
                await bring(bundles, through: position)
                if page.reachedEnd { try await log.waitForEvent(after: cursor) }
            } catch {
                return await close(error)
            }
        }
    }

    /// What of a page each member wants, in order.
    private func sort(_ events: [RecordedEvent]) -> [Int: [RecordedEvent]] {
        var bundles: [Int: [RecordedEvent]] = [:]
        for event in events {
            let stream = event.stream
            table.forEachHandler(of: stream.category, event.type) { handler in
                guard members[handler] != nil, routings[handler].hasTags(event),
                    bundles[handler]?.last?.position != event.position
                else { return }
                bundles[handler, default: []].append(event)
            }
        }
        return bundles
    }

    private func bring(_ bundles: [Int: [RecordedEvent]], through position: Position) async {
        for (handler, events) in bundles { await bring(events, to: handler, through: position) }
        if position >= nextQuiet {
            // Those who hear nothing for long look at their marks.
            nextQuiet = position + RuntimeLimits.quietMarkLag
            for handler in Array(members.keys) where bundles[handler] == nil {
                await bring([], to: handler, through: position)
            }
        }
        advance(to: position)
    }

    private func bring(_ events: [RecordedEvent], to handler: Int, through position: Position) async {
        guard let member = members[handler] else { return }
        let stays = await member.take(events, position)
        // It may have left and joined again meanwhile.
        if !stays, members[handler]?.number == member.number { members[handler] = nil }
    }

    private func advance(to position: Position) {
        if position > delivered.load(ordering: .relaxed) { delivered.store(position, ordering: .releasing) }
    }

    /// The log can't be read here: each handler goes on alone, and meets the fault if it concerns it.
    private func close(_ error: any Error) async {
        guard !isClosed else { return }
        isClosed = true
        logger.warning("each handler reads the log by itself from now on: \(error)")
        let left = members.values
        members = [:]
        for member in left { await member.leave() }
    }
}

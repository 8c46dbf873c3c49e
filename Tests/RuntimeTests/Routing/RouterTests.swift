import EventLog
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Runtime

/// The shared reader: who joins where, what is brought, and that nothing is lost in the hand-over.
@Suite(.unlessItHangs) struct RouterTests {
    /// A member that remembers, and leaves when it is told to.
    private final class Listener: Sendable {
        private struct State {
            var positions: [Position] = []
            var staysFor = Int.max
            var hasLeft = false
        }

        private let state = Mutex(State())

        var positions: [Position] { state.withLock { $0.positions } }
        var hasLeft: Bool { state.withLock { $0.hasLeft } }

        func stay(for pages: Int) { state.withLock { $0.staysFor = pages } }

        func take(_ events: [RecordedEvent]) -> Bool {
            state.withLock { state in
                state.positions += events.map(\.position)
                state.staysFor -= 1
                return state.staysFor > 0
            }
        }

        func leave() { state.withLock { $0.hasLeft = true } }
    }

    private func router(_ patterns: [String], tags: [String] = [], log: any EventLog) -> Router {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let routings = patterns.map { Routing([EventPattern($0)], tags: tags) }
        return Router(routings, log: log, logger: quiet)
    }

    private func join(
        _ router: Router,
        _ handler: Int,
        at position: Position,
        _ listener: Listener
    ) async -> Router.Joining {
        await router.join(
            handler,
            at: position,
            take: { events, _ in listener.take(events) },
            leave: { listener.leave() }
        )
    }

    private func append(_ lines: String..., to log: any EventLog) async throws {
        _ = try await log.commit(NewFrame(events: try lines.map(EventText.event)))
    }

    private func untilReached(_ position: Position, _ router: Router) async throws {
        try await Condition.wait(for: "\(position) reached, not \(router.reached)") {
            router.reached >= position
        }
    }

    @Test func `each member is brought what it wants, in order, once`() async throws {
        let log = MemoryLog()
        let router = router(["order.Placed", "order.*", "*.Paid", "stock.Moved"], log: log)
        let listeners = (0..<4).map { _ in Listener() }
        await router.start()
        for (handler, listener) in listeners.enumerated() {
            #expect(await join(router, handler, at: 0, listener) == .joined)
        }
        try await append("order-1 Placed", "order-1 Paid", "stock-1 Paid", to: log)
        try await append("order-2 Placed", "$timer-1 Paid", to: log)
        try await untilReached(5, router)
        #expect(listeners.map(\.positions) == [[1, 4], [1, 2, 4], [2, 3], []])
        await router.stop()
    }

    @Test func `what no handler can want isn't read, and is passed`() async throws {
        let log = InterceptedLog(over: MemoryLog())
        let router = router(["order.Placed", "stock.Moved"], log: log)
        let listener = Listener()
        await router.start()
        _ = await join(router, 0, at: 0, listener)
        try await append("order-1 Placed", "order-1 Paid", "note-1 Written", to: log)
        try await untilReached(3, router)
        #expect(listener.positions == [1])
        let wanted = EventFilter.query(EventQuery(types: ["Placed", "Moved"]))
        #expect(!log.reads.isEmpty && log.reads.allSatisfy { $0.filter == wanted })
        await router.stop()
    }

    @Test(arguments: [RuntimeLimits.routedTypesMax, RuntimeLimits.routedTypesMax + 1])
    func `with many types all is read, and each member is brought its own`(types: Int) async throws {
        let log = InterceptedLog(over: MemoryLog())
        let router = router((1...types).map { "order.Type\($0)" }, log: log)
        let listener = Listener()
        await router.start()
        _ = await join(router, types - 1, at: 0, listener)
        try await append("order-1 Type1", "order-1 Type\(types)", "note-1 Written", to: log)
        try await untilReached(3, router)
        #expect(listener.positions == [2])
        let readsAll = log.reads.allSatisfy { $0.filter == .all }
        #expect(readsAll == (types > RuntimeLimits.routedTypesMax))
        await router.stop()
    }

    @Test func `tags are looked at behind the table`() async throws {
        let log = MemoryLog()
        let router = router(["*.*"], tags: ["a", "b"], log: log)
        let listener = Listener()
        await router.start()
        _ = await join(router, 0, at: 0, listener)
        for tags in [["a"], ["b", "a"], [], ["a", "b", "c"]] {
            let event = NewEvent(stream: try StreamName("x-1"), type: "T", tags: tags)
            _ = try await log.commit(NewFrame(events: [event]))
        }
        try await untilReached(4, router)
        #expect(listener.positions == [2, 4])
        await router.stop()
    }

    @Test func `who is behind the members has to read on`() async throws {
        let log = MemoryLog()
        let router = router(["order.*", "order.*"], log: log)
        let (first, second) = (Listener(), Listener())
        await router.start()
        try await append("order-1 A", "order-1 B", to: log)
        #expect(await join(router, 0, at: 2, first) == .joined)
        #expect(await join(router, 1, at: 1, second) == .behind)
        #expect(await join(router, 1, at: 2, second) == .joined)
        try await append("order-1 C", to: log)
        try await untilReached(3, router)
        #expect(first.positions == [3] && second.positions == [3])
        await router.stop()
    }

    @Test func `who is further than the log goes its own way`() async throws {
        let log = MemoryLog()
        let router = router(["order.*"], log: log)
        await router.start()
        #expect(await join(router, 0, at: 1, Listener()) == .closed)
        await router.stop()
        #expect(await join(router, 0, at: 0, Listener()) == .closed)
    }

    @Test func `who leaves is brought nothing more, and can come again`() async throws {
        let log = MemoryLog()
        let router = router(["order.*", "order.*"], log: log)
        let (fickle, faithful) = (Listener(), Listener())
        fickle.stay(for: 1)
        await router.start()
        _ = await join(router, 0, at: 0, fickle)
        _ = await join(router, 1, at: 0, faithful)
        try await append("order-1 A", to: log)
        try await untilReached(1, router)
        try await append("order-1 B", to: log)
        try await untilReached(2, router)
        #expect(fickle.positions == [1] && faithful.positions == [1, 2])
        fickle.stay(for: .max)
        #expect(await join(router, 0, at: 1, fickle) == .behind)
        #expect(await join(router, 0, at: 2, fickle) == .joined)
        try await append("order-1 C", to: log)
        try await untilReached(3, router)
        #expect(fickle.positions == [1, 3] && faithful.positions == [1, 2, 3])
        await router.stop()
    }

    @Test func `a log that can't be read sends all members off`() async throws {
        let log = InterceptedLog(over: MemoryLog())
        let router = router(["order.*", "stock.*"], log: log)
        let listeners = [Listener(), Listener()]
        await router.start()
        for (handler, listener) in listeners.enumerated() { _ = await join(router, handler, at: 0, listener) }
        log.failReads(with: .damaged(file: "x", offset: 0, reason: "on purpose"))
        try await append("order-1 A", to: log)
        try await Condition.wait(for: "all left") { listeners.allSatisfy(\.hasLeft) }
        #expect(await join(router, 0, at: 1, listeners[0]) == .closed)
        #expect(listeners.map(\.positions) == [[], []])
        await router.stop()
    }

    @Test func `an event that comes between reading and joining is brought, once`() async throws {
        let log = MemoryLog()
        let router = router(["order.*", "order.*"], log: log)
        let (first, second) = (Listener(), Listener())
        await router.start()
        try await append("order-1 A", "order-1 B", to: log)
        // Whoever has read up to 1, alone: 2 is there already.
        #expect(await join(router, 0, at: 1, first) == .joined)
        try await untilReached(2, router)
        #expect(first.positions == [2])
        // Somebody else has read up to 2; 3 comes, and the first has it or not yet when the second joins.
        try await append("order-1 C", to: log)
        switch await join(router, 1, at: 2, second) {
        case .joined: break
        case .behind: #expect(await join(router, 1, at: 3, second) == .joined)
        case .closed: Issue.record("the router is closed")
        }
        try await append("order-1 D", to: log)
        try await untilReached(4, router)
        #expect(first.positions == [2, 3, 4])
        #expect(second.positions == [4] || second.positions == [3, 4])
        await router.stop()
    }
}

import EventLog
import Logging
import Lua
import ReadModels

/// A running projection: reads the log in order, one lane, and keeps the rows of its read model.
///
/// Invariants:
/// - rows and checkpoint change in one SQL transaction, from the checkpoint that was read; so each event is
///   in the rows exactly once;
/// - an event that keeps failing stops the projection: rows behind a hole would be wrong;
/// - queries are answered from one generation of the rows. A new one is built beside it, and takes its place
///   when it has come to the end of the log (`ProjectionProcessor+Rebuild.swift`).
///
/// One task feeds both generations, a page each in turn, so that neither waits for the other's end.
///
/// Started and stopped by `Host`.
actor ProjectionProcessor {
    nonisolated let name: String
    /// What the scripts say that decide now; rows that were made by others may still answer.
    var definition: ProjectionDefinition { code.definition }
    /// How far the rows have come that answer, also over events that the projection doesn't want.
    let gate = PositionGate()

    let context: ProcessorContext
    let store: ReadModelStore
    /// The generation that queries are answered from.
    var answering: ProjectionFeed
    /// The generation that is built beside it; nil when none is.
    var building: ProjectionFeed?
    /// When and from where the building went on in this process.
    var buildStart: (time: LogTime, position: Position)

    /// By which a new generation is built.
    var code: ProjectionCode
    private(set) var isPaused = false
    private(set) var isStopping = false
    private(set) var isWaiting = false
    var stopReason: ScriptFailure?
    var lastFailure: ScriptFailure?
    private(set) var steps = 0
    private var task: Task<Void, Never>?
    /// The wait for the next event, which a request of an operator interrupts.
    private var idle: Task<Void, any Error>?
    /// Whether something was asked for that the loop hasn't looked at yet: it must not begin to wait then,
    /// since only a wait that has begun can be interrupted.
    private var isWoken = false
    private let resumed = Signal()

    init(
        _ definition: ProjectionDefinition,
        of version: ScriptVersion,
        store: ReadModelStore,
        context: ProcessorContext
    ) throws {
        let code = ProjectionCode(definition, of: version, in: context.pool)
        let found = try store.open(definition.readModel)
        let isOfThisCode = found.answering.reflects(definition.readModel)
        name = definition.name
        self.context = context
        self.store = store
        self.code = code
        answering = ProjectionFeed(found.answering, by: isOfThisCode ? code : nil)
        building = found.building.map { ProjectionFeed($0, by: code) }
        buildStart = (context.clock.now(), found.building?.position ?? 0)
        gate.advance(to: found.answering.position)
    }

    /// Begins to read and to apply.
    func start() {
        if let building { announce(building) }
        task = Task { await run() }
    }

    /// Ends after the transaction that runs now.
    func stop() async {
        isStopping = true
        resumed.finish()
        wake()
        task?.cancel()
        await task?.value
        task = nil
    }

    /// No further transaction begins until `resume`.
    func pause() { isPaused = true }

    /// Goes on after a pause, or after the projection stopped by itself.
    func resume() {
        isPaused = false
        stopReason = nil
        for feed in [answering, building] { feed?.attempts = 0 }
        gate.open()
        wake()
    }

    /// A generation that an operator asked for is built from now on, by the code that feeds the other.
    func begin(_ model: ReadModel) {
        let feed = ProjectionFeed(model, by: code)
        building = feed
        buildStart = (context.clock.now(), model.position)
        announce(feed)
        wake()
    }

    /// The projection stops by itself: it needs a person, and says so.
    func halt(_ failure: ScriptFailure) {
        stopReason = failure
        lastFailure = failure
        gate.stop(failure)
        context.logger.error("projection \(definition.name) stopped\n\(failure.text)")
    }

    /// The loop looks at what there is to do now.
    func wake() {
        isWoken = true
        resumed.raise()
        idle?.cancel()
    }

    private func run() async {
        while !isStopping {
            isWoken = false
            let feeds = feedsAtWork
            if feeds.isEmpty {
                await resumed.wait()
                continue
            }
            do {
                var hasMore = false
                for feed in feeds where !isStopping {
                    if try await attempt(feed) { hasMore = true }
                }
                if !hasMore, !isWoken { try await waitForEvent() }
            } catch {
                if !isStopping { halt(ScriptFailure(stopping: error, of: definition.name)) }
            }
        }
    }

    /// Those that may go on: when what answers has stopped, a rebuild still may, since it can mend that.
    private var feedsAtWork: [ProjectionFeed] {
        if isPaused { return [] }
        var feeds: [ProjectionFeed] = []
        if answering.isFed, stopReason == nil { feeds.append(answering) }
        if let building, answering.isFed || stopReason == nil { feeds.append(building) }
        return feeds
    }

    /// Suspends until the log has another event, or somebody asks for something else.
    private func waitForEvent() async throws {
        let position = (building ?? answering).model.position
        let log = context.log
        let wait = Task { try await log.waitForEvent(after: position) }
        idle = wait
        defer { idle = nil }
        do {
            try await wait.value
        } catch is CancellationError {
            // The loop looks at what was asked for.
        }
    }

    /// A turn; what goes wrong with a rebuild that was asked for doesn't touch the rows that answer.
    private func attempt(_ feed: ProjectionFeed) async throws -> Bool {
        do {
            return try await turn(of: feed)
        } catch {
            // It was given up meanwhile, since other scripts came, and its file is gone.
            guard feed === building || feed === answering else { return true }
            guard feed === building, answering.isFed, !isStopping else { throw error }
            try giveUpBuilding(because: ScriptFailure(stopping: error, of: definition.name))
            return true
        }
    }

    /// Applies a page of events to a generation; whether there is more to do at once.
    private func turn(of feed: ProjectionFeed) async throws -> Bool {
        guard let code = feed.code else { return false }
        if feed.model.position > context.log.lastPosition {
            try isAhead(feed)
            return true
        }
        let isBuilding = feed === building
        if isBuilding, try await migrateRows(to: feed, by: code) { return true }
        let page = try context.log.read(
            ReadRequest(
                code.routing.filter,
                after: feed.model.position,
                limit: isBuilding ? RuntimeLimits.buildEventsMax : RuntimeLimits.batchEventsMax
            )
        )
        let failed = try await apply(page, to: feed, by: code)
        if feed === answering { gate.advance(to: feed.model.position) }
        if let failed {
            try await fail(failed, in: feed)
            return true
        }
        feed.attempts = 0
        if isBuilding, feed === building, page.reachedEnd { try switchToNew() }
        return !page.reachedEnd
    }

    /// Applies a page; the event that failed, if one did, after those before it were applied.
    private func apply(
        _ page: EventBatch,
        to feed: ProjectionFeed,
        by code: ProjectionCode
    ) async throws -> (RecordedEvent, ScriptFailure)? {
        let wanted = page.events.filter(code.routing.wants)
        let model = feed.model
        let lag = page.scannedTo - min(model.checkpoint, page.scannedTo)
        if wanted.isEmpty && lag < RuntimeLimits.idleMarkLag {
            model.pass(to: page.scannedTo)
            return nil
        }
        guard let failed = try await transact(wanted, of: model, by: code, to: page.scannedTo) else {
            return nil
        }
        let good = Array(wanted.prefix(failed.index))
        if let last = good.last { _ = try await transact(good, of: model, by: code, to: last.position) }
        return (wanted[failed.index], failed.failure)
    }

    /// One SQL transaction over some events; which of them failed, if one did, and then nothing has changed.
    private func transact(
        _ events: [RecordedEvent],
        of model: ReadModel,
        by code: ProjectionCode,
        to position: Position
    ) async throws -> (index: Int, failure: ScriptFailure)? {
        do {
            let applied: Void? = try await code.worker.withSession(of: code.version.number) {
                session throws(ProjectionFailure) in
                try session.apply(events, with: code.definition, to: model, upTo: position)
            }
            precondition(applied != nil, "a version stays loaded while a projection holds it")
        } catch {
            switch error {
            case .event(let index, let failure): return (index, failure)
            case .readModel(let error): throw RuntimeError.readModel(error)
            }
        }
        FailPoint.rowsApplied.pass()
        steps += events.count
        return nil
    }

    /// Waits before the next attempt; behind the last the projection stops.
    ///
    /// A rebuild that was asked for is given up at once: its waits would hold up the rows that answer, whose
    /// code has passed the event before.
    private func fail(
        _ failed: (event: RecordedEvent, failure: ScriptFailure),
        in feed: ProjectionFeed
    )
        async throws
    {
        let (event, failure) = failed
        feed.attempts = event.position == feed.failing ? feed.attempts + 1 : 1
        feed.failing = event.position
        lastFailure = failure
        if feed === building, answering.isFed { return try giveUpBuilding(because: failure) }
        guard feed.attempts < definition.retry.attempts else { return halt(failure) }
        context.logger.warning(
            """
            \(definition.name) failed, attempt \(feed.attempts) of \(definition.retry.attempts)
            \(failure.text)
            """
        )
        isWaiting = true
        defer { isWaiting = false }
        try await context.clock.sleep(definition.retry.wait(afterAttempt: feed.attempts, of: event.position))
    }
}

import EventLog
import Logging
import ReadModels

/// Runs one app over one log. Its parts, in the order in which an event meets them:
///
///     execute → CommandDispatcher → ScriptWorker of the key → EventLog.commit
///     EventLog → Router → HandlerProcessor: lane → ScriptWorker → EventLog.commit (effects and mark)
///     EventLog → ProjectionProcessor → ReadModel (rows and checkpoint, one transaction) → QueryRunner
///     Timekeeper: what is due → EventLog.commit (a sent command, a tick) → HandlerProcessor
///
/// The only door of `Runtime`: `Server`, the command line and tests come in here. The log is the caller's: it
/// is opened before the host, and closed after it.
public final class Host: Sendable {
    let log: any EventLog
    let pool: WorkerPool
    let processors: LiveProcessors
    let timekeeper: Timekeeper
    let store: ReadModelStore
    let publisher: ScriptPublisher
    private let dispatcher: CommandDispatcher
    private let queries: QueryRunner
    private let contracts: ContractCheck
    private let running: RunningSteps?
    private let snapshots: SnapshotStore?
    /// Where the log ended when the host started: caught up means caught up with this.
    let target: Position

    /// Loads the app, opens its read models, reads its marks, and starts every processor.
    ///
    /// - Parameters:
    ///   - scripts: the app.
    ///   - log: where everything durable goes.
    ///   - readModelFolder: where the read models and the snapshots of aggregates are kept; nil keeps the
    ///     first in memory, and the second nowhere.
    ///   - options: logger, clock, workers, how calls are made.
    /// - Returns: the running host.
    /// - Throws: `RuntimeError.script` and `.invalidApp` for the app, `.log` and `.readModel` for the rest.
    public static func start(
        _ scripts: ScriptSet,
        log: any EventLog,
        readModelFolder: String?,
        options: HostOptions = HostOptions()
    ) async throws(RuntimeError) -> Host {
        let beginning = try ScriptBeginning(
            scripts,
            log: log,
            logger: options.logger,
            isRecorded: options.recordsScripts
        )
        let host = try Host(
            beginning.scripts,
            log: log,
            readModelFolder: readModelFolder,
            options: options
        )
        for doubt in beginning.doubts + host.pool.definitions.doubts { options.logger.warning("\(doubt)") }
        try await beginning.record()
        if let running = host.running {
            do {
                for handler in host.processors.all.handlers { try await handler.note(running.leftovers) }
            } catch {
                throw RuntimeError(reading: error)
            }
            running.clear()
        }
        let processors = host.processors.all
        for handler in processors.handlers { await handler.begin() }
        await processors.router.start()
        for handler in processors.handlers { await handler.start() }
        await host.publisher.keepUpLeftRows()
        for projection in processors.projections { await projection.start() }
        await host.timekeeper.start()
        return host
    }

    private init(
        _ scripts: ScriptSet,
        log: any EventLog,
        readModelFolder: String?,
        options: HostOptions
    ) throws(RuntimeError) {
        running = try options.runningStepsFile.map { path throws(RuntimeError) in
            try RunningSteps(path: path, workers: options.workers)
        }
        do throws(ReadModelError) {
            snapshots = try readModelFolder.map { folder throws(ReadModelError) in
                try SnapshotStore(folder: folder)
            }
        } catch {
            throw .readModel(error)
        }
        let pool = try WorkerPool(
            scripts: scripts,
            log: log,
            options: options,
            running: running,
            snapshots: snapshots
        )
        let context = ProcessorContext(
            log: log,
            pool: pool,
            clock: options.clock,
            logger: options.logger,
            calls: CallRunner(options.calls, clock: options.clock)
        )
        let version = pool.live.value
        do {
            store = try ReadModelStore(folder: readModelFolder)
            processors = try LiveProcessors(of: version, store: store, context: context)
            timekeeper = try Timekeeper(version.definitions.schedules, context: context)
        } catch {
            throw RuntimeError(reading: error)
        }
        self.log = log
        self.pool = pool
        target = log.lastPosition
        dispatcher = CommandDispatcher(log: log, pool: pool, clock: options.clock)
        contracts = ContractCheck(log: log, pool: pool)
        publisher = ScriptPublisher(
            swap: ScriptSwap(processors: processors, timekeeper: timekeeper, store: store, context: context),
            isRecorded: options.recordsScripts
        )
        queries = QueryRunner(
            pool: pool,
            store: store,
            log: log,
            clock: options.clock,
            processors: processors
        )
    }

    /// The scripts that decide now.
    public var scripts: ScriptSet { pool.live.value.scripts }

    /// Lets the steps that run now finish, stops every processor, closes the read models.
    public func stop() async {
        await publisher.stop()
        await timekeeper.stop()
        let processors = processors.all
        for handler in processors.handlers { await handler.stop() }
        await processors.router.stop()
        for projection in processors.projections { await projection.stop() }
        store.close()
        // Nothing is lost: what was saved is in the file, and it is a cache.
        try? snapshots?.close()
    }

    /// Dispatches a command to its aggregate.
    ///
    /// The same idempotency key gets the same outcome, for ever.
    public func execute(_ command: Command) async throws(RuntimeError) -> CommandOutcome {
        try await dispatcher.execute(command)
    }

    /// Appends events to any streams that callers may write to, under conditions, all or nothing.
    ///
    /// - Throws: `RuntimeError.contractViolation` for an event that isn't what the app's scripts declare.
    public func commit(_ frame: NewFrame) async throws(RuntimeError) -> Receipt {
        for event in frame.events where event.stream.isHostOwned { throw .hostStream(event.stream) }
        for event in frame.events where StepStamp.isClaimed(by: event.meta) {
            throw .hostMeta(type: event.type)
        }
        guard frame.marks.isEmpty else { throw .invalidInput("marks are moved by processors alone") }
        let frame = try await contracts.checked(frame)
        let receipt: Receipt
        do { receipt = try await log.commit(frame) } catch { throw .log(error) }
        if receipt.wasKnown { try check(frame, isWhatWasCommittedAs: receipt) }
        return receipt
    }

    /// A known key answers the same request again; another request under it would be lost without a word.
    private func check(_ frame: NewFrame, isWhatWasCommittedAs receipt: Receipt) throws(RuntimeError) {
        let page = ReadRequest(.all, after: receipt.firstPosition - 1, limit: receipt.eventCount)
        let earlier = try read(page).events
        let isSame =
            earlier.count == frame.events.count
            && zip(earlier, frame.events).allSatisfy { known, given in
                known.stream == given.stream && known.type == given.type && known.data == given.data
            }
        guard !isSame else { return }
        let what = earlier.map { "\($0.type) of \($0.stream)" }.joined(separator: ", ")
        throw .keyReused(frame.idempotencyKey ?? "", earlier: what)
    }

    /// A page of events; never waits.
    public func read(_ request: ReadRequest) throws(RuntimeError) -> EventBatch {
        do { return try log.read(request) } catch { throw .log(error) }
    }

    /// The position of the first event that was committed at a time or later; behind the last one when none
    /// was.
    public func firstPosition(notBefore time: LogTime) throws(RuntimeError) -> Position {
        do { return try log.firstPosition(notBefore: time) } catch { throw .log(error) }
    }

    /// Revision of a stream's newest event; nil when it has none.
    public func revision(of stream: StreamName) throws(RuntimeError) -> Revision? {
        do { return try log.revision(of: stream) } catch { throw .log(error) }
    }

    /// A cursor that catches up with the log, then follows it.
    public func subscribe(_ filter: EventFilter, after position: Position) -> Subscription {
        Subscription(log: log, filter: filter, after: position)
    }

    /// Position of the newest durable event.
    public var lastPosition: Position { log.lastPosition }

    /// The id of the log: tells it from any other.
    public var logID: EventID { log.identity.id }

    /// An aggregate's state, folded now or as it was at a position.
    public func state(
        aggregate: String,
        key: String,
        at position: Position? = nil
    ) async throws(RuntimeError) -> StateView {
        try await StateReader(pool: dispatcher.pool).state(aggregate: aggregate, key: key, at: position)
    }

    /// A query's answer.
    ///
    /// Waits until the read models it uses have reached `after`, up to the timeout.
    ///
    /// `parameters` is a JSON object; texts in it are converted to the kinds that the query declares.
    public func query(
        _ name: String,
        parameters: ArraySlice<UInt8>,
        after: Position? = nil,
        timeoutSeconds: Double = 5
    ) async throws(RuntimeError) -> QueryAnswer {
        try await queries.answer(name, parameters: parameters, after: after, timeoutSeconds: timeoutSeconds)
    }
}

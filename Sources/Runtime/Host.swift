import EventLog
import Logging
import ReadModels

/// Runs one app over one log. Its parts, in the order in which an event meets them:
///
///     execute → CommandDispatcher → ScriptWorker of the key → EventLog.commit
///     EventLog → HandlerProcessor: pump → lane → ScriptWorker → EventLog.commit (effects and mark)
///     EventLog → ProjectionProcessor → ReadModel (rows and checkpoint, one transaction) → QueryRunner
///
/// The only door of `Runtime`: `Server`, the command line and tests come in here. The log is the caller's: it
/// is opened before the host, and closed after it.
public final class Host: Sendable {
    /// The app's scripts.
    public let scripts: ScriptSet

    private let log: any EventLog
    private let handlers: [HandlerProcessor]
    private let projections: [ProjectionProcessor]
    private let dispatcher: CommandDispatcher
    private let queries: QueryRunner
    private let store: ReadModelStore
    /// Where the log ended when the host started: caught up means caught up with this.
    private let target: Position

    /// Loads the app, opens its read models, reads its marks, and starts every processor.
    ///
    /// - Parameters:
    ///   - scripts: the app.
    ///   - log: where everything durable goes.
    ///   - readModelFolder: where the read models are kept; nil keeps them in memory.
    ///   - options: logger, clock, workers.
    /// - Returns: the running host.
    /// - Throws: `RuntimeError.script` and `.invalidApp` for the app, `.log` and `.readModel` for the rest.
    public static func start(
        _ scripts: ScriptSet,
        log: any EventLog,
        readModelFolder: String?,
        options: HostOptions = HostOptions()
    ) async throws(RuntimeError) -> Host {
        let host = try Host(scripts, log: log, readModelFolder: readModelFolder, options: options)
        for handler in host.handlers { await handler.start() }
        for projection in host.projections { await projection.start() }
        return host
    }

    private init(
        _ scripts: ScriptSet,
        log: any EventLog,
        readModelFolder: String?,
        options: HostOptions
    ) throws(RuntimeError) {
        let pool = try WorkerPool(scripts: scripts, log: log, options: options)
        let context = ProcessorContext(
            log: log,
            pool: pool,
            clock: options.clock,
            logger: options.logger,
            rule: scripts.hash
        )
        self.scripts = scripts
        self.log = log
        target = log.lastPosition
        dispatcher = CommandDispatcher(log: log, pool: pool, clock: options.clock, rule: scripts.hash)
        do {
            let store = try ReadModelStore(folder: readModelFolder)
            self.store = store
            handlers = try pool.definitions.handlers.map { try HandlerProcessor($0, context: context) }
            projections = try pool.definitions.projections.map {
                ProjectionProcessor($0, model: try store.open($0.readModel), context: context)
            }
        } catch {
            throw RuntimeError(reading: error)
        }
        queries = QueryRunner(
            pool: pool,
            store: store,
            log: log,
            clock: options.clock,
            gates: Dictionary(uniqueKeysWithValues: projections.map { ($0.definition.name, $0.gate) })
        )
    }

    /// Lets the steps that run now finish, stops every processor, closes the read models.
    public func stop() async {
        for handler in handlers { await handler.stop() }
        for projection in projections { await projection.stop() }
        store.close()
    }

    /// Dispatches a command to its aggregate.
    ///
    /// The same idempotency key gets the same outcome, for ever.
    public func execute(_ command: Command) async throws(RuntimeError) -> CommandOutcome {
        try await dispatcher.execute(command)
    }

    /// Appends events to any streams that callers may write to, under conditions, all or nothing.
    public func commit(_ frame: NewFrame) async throws(RuntimeError) -> Receipt {
        for event in frame.events where event.stream.isHostOwned { throw .hostStream(event.stream) }
        guard frame.marks.isEmpty else { throw .invalidInput("marks are moved by processors alone") }
        do { return try await log.commit(frame) } catch { throw .log(error) }
    }

    /// A page of events; never waits.
    public func read(_ request: ReadRequest) throws(RuntimeError) -> EventBatch {
        do { return try log.read(request) } catch { throw .log(error) }
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

    /// Every processor's status: handlers first, as they were declared.
    public func processors() async -> [ProcessorStatus] {
        var all: [ProcessorStatus] = []
        for handler in handlers { all.append(await handler.status()) }
        for projection in projections { all.append(await projection.status()) }
        return all
    }

    /// Begins no further step of a processor until it is resumed.
    public func pause(processor name: String) async throws(RuntimeError) {
        if let handler = handler(name) { return await handler.pause() }
        if let projection = projection(name) { return await projection.pause() }
        throw unknown(name)
    }

    /// Lets a processor go on that was paused or has stopped by itself.
    public func resume(processor name: String) async throws(RuntimeError) {
        if let handler = handler(name) {
            do { return try await handler.resume() } catch { throw RuntimeError(reading: error) }
        }
        if let projection = projection(name) { return await projection.resume() }
        throw unknown(name)
    }

    /// Parked events, oldest first, of one processor or of all.
    public func parked(processor name: String? = nil) async -> [ParkedEvent] {
        var all: [ParkedEvent] = []
        for handler in handlers where name == nil || handler.definition.name == name {
            all += await handler.parkedEvents()
        }
        return all.sorted { $0.position < $1.position }
    }

    /// Runs the step of a parked event again, and those of its key behind it.
    ///
    /// `data` is JSON that takes the place of the event's data for this step; the event stays as it is.
    public func retryParked(
        _ position: Position,
        processor: String? = nil,
        data: ArraySlice<UInt8>? = nil
    ) async throws(RuntimeError) -> RepairReport {
        try await holder(of: position, processor).repair(position, .retry(editedData: data))
    }

    /// Gives a parked event up for good; those of its key behind it are run.
    public func skipParked(
        _ position: Position,
        processor: String? = nil
    ) async throws(RuntimeError) -> RepairReport {
        try await holder(of: position, processor).repair(position, .skip)
    }

    /// Runs all parked events again, key by key, of one processor or of all.
    public func retryAllParked(processor: String?) async throws(RuntimeError) -> RepairReport {
        if let processor, handler(processor) == nil { throw unknown(processor) }
        var report = RepairReport()
        for event in await parked(processor: processor) where event.behind == nil {
            let part = try await retryParked(event.position, processor: event.processor)
            report.retried += part.retried
            report.failed += part.failed
        }
        return report
    }

    /// Why the host isn't ready for work: the log takes no appends, or a processor hasn't come as far as the
    /// log was when the host started.
    ///
    /// Nil when it is ready.
    public func notReadyReason() async -> String? {
        if let reason = log.readOnlyReason { return "the log takes no appends: \(reason)" }
        for status in await processors() where status.position < target && status.state == .running {
            return "\(status.name) is at position \(status.position) and catches up to \(target)"
        }
        return nil
    }

    private func handler(_ name: String) -> HandlerProcessor? {
        handlers.first { $0.definition.name == name }
    }

    private func projection(_ name: String) -> ProjectionProcessor? {
        projections.first { $0.definition.name == name }
    }

    private func unknown(_ name: String) -> RuntimeError {
        .unknownProcessor(name, known: handlers.map(\.definition.name) + projections.map(\.definition.name))
    }

    private func holder(
        of position: Position,
        _ processor: String?
    ) async throws(RuntimeError) -> HandlerProcessor {
        if let processor, handler(processor) == nil { throw unknown(processor) }
        for handler in handlers where processor == nil || handler.definition.name == processor {
            if await handler.parked[position] != nil { return handler }
        }
        throw .unknownParked(position)
    }
}

import EventLog
import Logging
import Runtime

/// A host over a log in memory, with a clock that the test moves: what tests do to a host, in short words.
public struct HostFixture: Sendable {
    /// The host.
    public let host: Host

    /// Its log; it outlives the host.
    public let log: any EventLog

    /// Its clock.
    public let clock: ManualClock

    /// Starts a host; `withHost` also stops it.
    public init(
        _ app: AppFixture,
        log: any EventLog = MemoryLog(),
        clock: ManualClock = ManualClock(),
        options: Options = Options()
    ) async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        self.log = log
        self.clock = clock
        var hostOptions = HostOptions(
            logger: options.logger ?? quiet,
            clock: clock.hostClock,
            workers: options.workers,
            calls: options.calls
        )
        hostOptions.runningStepsFile = options.runningStepsFile
        hostOptions.recordsScripts = options.recordsScripts
        host = try await Host.start(
            try app.scripts(),
            log: log,
            readModelFolder: options.readModelFolder,
            options: hostOptions
        )
    }

    /// What a test may want otherwise.
    public struct Options: Sendable {
        /// Script workers.
        public var workers = 2
        /// Where read models are kept; nil is memory.
        public var readModelFolder: String?
        /// Where the host logs; nil is nowhere.
        public var logger: Logger?
        /// Where the host keeps the steps that it runs; nil is nowhere.
        public var runningStepsFile: String?
        /// How calls of steps are made.
        public var calls: OutboundCalls
        /// Whether the log keeps the scripts; without, a test's own events begin at position 1.
        public var recordsScripts = false

        /// The defaults.
        public init(
            workers: Int = 2,
            readModelFolder: String? = nil,
            logger: Logger? = nil,
            calls: OutboundCalls = .none
        ) {
            self.calls = calls
            self.workers = workers
            self.readModelFolder = readModelFolder
            self.logger = logger
        }
    }

    /// `execute("order-1 pay", #"{"amount":5}"#)`: sends the command `pay` to `order-1`.
    public func execute(
        _ command: String,
        _ arguments: String = "",
        key: String? = nil
    ) async throws -> CommandOutcome {
        try await host.execute(try Self.command(command, arguments, key: key))
    }

    /// Reads `order-1 pay` as a command.
    public static func command(_ text: String, _ arguments: String = "", key: String? = nil) throws -> Command
    {
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { throw EventText.Malformed(line: text) }
        let stream = try StreamName(String(parts[0]))
        return Command(
            aggregate: stream.category,
            key: stream.key,
            name: String(parts[1]),
            arguments: Array(arguments.utf8)[...],
            idempotencyKey: key
        )
    }

    /// Appends events from outside, given as `order-1 OrderPlaced {"total":5}`, in one frame.
    @discardableResult
    public func append(_ lines: String...) async throws -> Receipt {
        try await host.commit(NewFrame(events: try lines.map(EventText.event)))
    }

    /// The events of a stream, as lines.
    public func events(of stream: String) throws -> [String] {
        try recorded(.stream(try StreamName(stream))).map(EventText.line)
    }

    /// The events of a category, as lines.
    public func events(in category: String) throws -> [String] {
        try recorded(.category(category)).map(EventText.line)
    }

    /// All events but the host's own, as lines.
    public func events() throws -> [String] {
        try recorded(.all).filter { !$0.stream.isHostOwned }.map(EventText.line)
    }

    /// Everything that a filter names.
    public func recorded(_ filter: EventFilter) throws -> [RecordedEvent] {
        try log.read(ReadRequest(filter)).events
    }

    /// An aggregate's state as canonical JSON.
    public func state(_ stream: String, at position: Position? = nil) async throws -> String {
        let name = try StreamName(stream)
        let view = try await host.state(aggregate: name.category, key: name.key, at: position)
        return String(decoding: view.state, as: UTF8.self)
    }

    /// A query's answer as canonical JSON, read behind everything that was committed before.
    public func query(_ name: String, _ parameters: String = "{}") async throws -> String {
        let answer = try await host.query(
            name,
            parameters: Array(parameters.utf8)[...],
            after: log.lastPosition
        )
        return String(decoding: answer.result, as: UTF8.self)
    }

    /// The status of a processor.
    ///
    /// - Throws: `RuntimeError.unknownProcessor` when the host has none of this name.
    public func status(of processor: String) async throws -> ProcessorStatus {
        let all = await host.processors()
        guard let status = all.first(where: { $0.name == processor }) else {
            throw RuntimeError.unknownProcessor(processor, known: all.map(\.name))
        }
        return status
    }

    /// Waits until every processor that runs has dealt with everything in the log, and nothing came of it.
    public func untilIdle() async throws {
        try await Condition.wait(for: "idle", details: { await statuses }) {
            let newest = log.lastPosition
            for status in await host.processors() {
                switch status.state {
                case .running: if status.position < newest { return false }
                case .retrying, .building: return false
                case .paused, .stopped: continue
                }
            }
            return log.lastPosition == newest
        }
    }

    /// Waits until a processor stands as asked.
    public func until(
        _ processor: String,
        is what: String = "as expected",
        _ holds: (ProcessorStatus) -> Bool
    ) async throws {
        try await Condition.wait(for: "\(processor) \(what)", details: { await statuses }) {
            holds(try await status(of: processor))
        }
    }

    /// Waits until a stream has so many events; woken by commits.
    public func until(_ stream: String, has count: Int) async throws {
        while true {
            let newest = log.lastPosition
            if try recorded(.stream(try StreamName(stream))).count >= count { return }
            try await log.waitForEvent(after: newest)
        }
    }

    private var statuses: String {
        get async {
            await host.processors().map { status in
                "\(status.name): \(status.state) at \(status.position) of \(log.lastPosition)"
                    + (status.lastFailure.map { ", \($0.summary)" } ?? "")
            }.joined(separator: "; ")
        }
    }
}

/// Runs a test on a host, and stops it however the test ends.
@discardableResult
public func withHost<R>(
    _ app: AppFixture,
    log: any EventLog = MemoryLog(),
    clock: ManualClock = ManualClock(),
    options: HostFixture.Options = HostFixture.Options(),
    _ body: (HostFixture) async throws -> R
) async throws -> R {
    let fixture = try await HostFixture(app, log: log, clock: clock, options: options)
    do {
        let result = try await body(fixture)
        await fixture.host.stop()
        return result
    } catch {
        await fixture.host.stop()
        throw error
    }
}

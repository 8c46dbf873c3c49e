import EventLog
import Testing

/// What any engine of the log must satisfy, as a list of sentences with a check each. A test target names its
/// engines and runs every sentence on each of them:
///
///     @Test(arguments: engines, EventLogContract.sentences)
///     func `every engine keeps the contract`(engine: LogEngine, sentence: Sentence) async throws {
///         try await sentence.check(on: engine)
///     }
public enum EventLogContract {
    /// All of it.
    public static let sentences: [Sentence] =
        appending + naming + revisionConditions + queryConditions + keys + marks + reading + filters + paging
        + flushes + live + waiting + forking + forkedWriting

    /// One thing that must hold.
    public struct Sentence: Sendable, CustomTestStringConvertible {
        /// The sentence.
        public let testDescription: String
        private let body: @Sendable (LogFixture) async throws -> Void

        init(_ text: String, _ body: @escaping @Sendable (LogFixture) async throws -> Void) {
            testDescription = text
            self.body = body
        }

        /// Checks it on a fresh log of an engine.
        public func check(on engine: LogEngine) async throws {
            let fixture = try await engine.makeFixture()
            try await body(fixture)
            try await fixture.log.close()
        }
    }
}

/// A way to make logs.
public struct LogEngine: Sendable, CustomTestStringConvertible {
    /// Its name.
    public let testDescription: String
    private let open: @Sendable (@escaping LogClock.Reading) async throws -> Opened

    /// A log that was opened for a test.
    public struct Opened: Sendable {
        /// The log.
        public let log: any EventLog
        let reopen: (@Sendable () async throws -> any EventLog)?
        let below: (any Sendable)?

        /// A log, what is below it and must live as long, and how to close and open it again; nil for an
        /// engine that keeps nothing.
        public init(
            _ log: any EventLog,
            over below: (any Sendable)? = nil,
            reopen: (@Sendable () async throws -> any EventLog)? = nil
        ) {
            self.log = log
            self.below = below
            self.reopen = reopen
        }
    }

    /// An engine that makes an empty log with a clock.
    public init(_ name: String, open: @escaping @Sendable (@escaping LogClock.Reading) async throws -> Opened)
    {
        testDescription = name
        self.open = open
    }

    /// A fresh log for one test.
    public func makeFixture() async throws -> LogFixture {
        let clock = TestClock()
        let opened = try await open(clock.reading)
        return LogFixture(log: opened.log, clock: clock, below: opened.below, reopen: opened.reopen)
    }
}

/// A log under test, and what a test does with it again and again.
public struct LogFixture: Sendable {
    /// The log.
    public let log: any EventLog
    /// The clock that it reads.
    public let clock: TestClock
    private let below: (any Sendable)?
    private let reopen: (@Sendable () async throws -> any EventLog)?

    /// A fixture.
    public init(
        log: any EventLog,
        clock: TestClock,
        below: (any Sendable)? = nil,
        reopen: (@Sendable () async throws -> any EventLog)? = nil
    ) {
        self.log = log
        self.clock = clock
        self.below = below
        self.reopen = reopen
    }

    /// A fork of the log, with the same clock.
    public func fork(at position: Position) throws -> LogFixture {
        LogFixture(log: try log.fork(at: position), clock: clock, below: self)
    }

    /// The log after it was closed and opened again; the log itself where nothing outlives closing.
    public func reopened() async throws -> LogFixture {
        guard let reopen else { return self }
        try await log.close()
        return LogFixture(log: try await reopen(), clock: clock, reopen: reopen)
    }

    /// Appends one event to a stream.
    @discardableResult
    public func append(
        _ type: String,
        to stream: String,
        tags: [String] = [],
        expected: ExpectedRevision = .any
    ) async throws -> Receipt {
        let name = try StreamName(stream)
        return try await log.commit(
            NewFrame(
                events: [NewEvent(stream: name, type: type, data: Array("{\"n\":1}".utf8)[...], tags: tags)],
                conditions: [.stream(name, expected)]
            )
        )
    }

    /// The positions of the events that a filter names, oldest first.
    public func positions(_ filter: EventFilter) throws -> [Position] {
        try log.read(ReadRequest(filter)).events.map(\.position)
    }
}

extension NewEvent {
    /// An event with little in it.
    public static func sample(
        _ type: String,
        _ stream: String,
        data: String = "{}",
        tags: [String] = []
    ) throws -> NewEvent {
        NewEvent(
            stream: try StreamName(stream),
            type: type,
            data: Array(data.utf8)[...],
            tags: tags
        )
    }
}

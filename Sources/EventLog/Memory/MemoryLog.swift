import Synchronization

/// A log that lives as long as the process: for tests, for scratch runs, as the oracle for the disk log; and
/// what a fork of any log is.
///
/// It is the disk log without the disk: the same sequencer, the same encoded frames, the same readers. Each
/// commit is a group of its own. A fork begins with the parts of its base's index and reads the base's frames
/// where they are; what it adds stays here.
public final class MemoryLog: EventLog {
    /// Who this log is.
    public let identity: LogIdentity

    private let index: SharedIndex
    private let frames: MemoryFrames
    private let reader: LogReader
    private let waiters: Waiters
    private let sequencer: Mutex<Sequencer>
    private let isClosed = Atomic(false)

    private let clock: LogClock.Reading

    /// An empty log.
    public convenience init(
        identity: LogIdentity = .random(),
        clock: @escaping LogClock.Reading = LogClock.system
    ) {
        self.init(
            identity: identity,
            index: LogIndex(seed: identity.indexSeed),
            frames: MemoryFrames(),
            from: Sequencer.Start(),
            clock: clock
        )
    }

    /// A log that goes on where a fork leaves its base.
    convenience init(_ fork: LogFork, clock: @escaping LogClock.Reading) {
        self.init(
            identity: fork.identity,
            index: fork.index,
            frames: fork.frames,
            from: fork.start,
            clock: clock
        )
    }

    /// A fork of any log that has a time of its own: what is tried on it happens when its owner says.
    ///
    /// - Throws: `EventLogError.notAvailable` for a log whose forks aren't kept as logs in memory.
    package convenience init(
        forking log: any EventLog,
        at position: Position,
        clock: @escaping LogClock.Reading
    ) throws(EventLogError) {
        guard let fork = try log.fork(at: position) as? MemoryLog else {
            throw .notAvailable("a fork with a time of its own of such a log")
        }
        self.init(try LogFork(of: fork.reader, at: .max), clock: clock)
    }

    private init(
        identity: LogIdentity,
        index: LogIndex,
        frames: MemoryFrames,
        from start: Sequencer.Start,
        clock: @escaping LogClock.Reading
    ) {
        let index = SharedIndex(index)
        self.identity = identity
        self.index = index
        self.frames = frames
        self.clock = clock
        reader = LogReader(index: index, source: frames, identity: identity)
        waiters = Waiters(index: index)
        sequencer = Mutex(Sequencer(index: index, identity: identity, from: start, clock: clock))
    }

    /// Always nil: memory doesn't fail.
    public var readOnlyReason: String? { nil }

    /// Position of the newest durable event; 0 while the log is empty.
    public var lastPosition: Position { index.lastPosition }

    /// Makes a frame durable, or refuses it.
    public func commit(_ frame: NewFrame) async throws(EventLogError) -> Receipt {
        try take(frame)
    }

    /// What `commit` does, for a caller that can't suspend: memory has no flush to wait for.
    package func take(_ frame: NewFrame) throws(EventLogError) -> Receipt {
        _ = try FrameCheck.check(frame)
        let receipt = try sequencer.withLock { sequencer throws(EventLogError) -> Receipt in
            try checkOpen()
            return try stage(frame, &sequencer)
        }
        waiters.wake()
        return receipt
    }

    private func stage(_ frame: NewFrame, _ sequencer: inout Sequencer) throws(EventLogError) -> Receipt {
        let address = sequencer.nextAddress
        switch try sequencer.stage(frame) {
        case .new(let receipt):
            frames.recent.append(sequencer.bytes, at: address)
            sequencer.publish()
            return receipt
        case .known(let known, _):
            return try reader.receipt(of: known)
        }
    }

    /// A page of events; never waits.
    public func read(_ request: ReadRequest) throws(EventLogError) -> EventBatch {
        try checkOpen()
        return try reader.read(request)
    }

    /// Revision of the newest event of a stream.
    public func revision(of stream: StreamName) throws(EventLogError) -> Revision? {
        try checkOpen()
        return try index.visibleRevision(of: stream)
    }

    /// The receipt of the commit that carried a key.
    public func receipt(forKey key: String) throws(EventLogError) -> Receipt? {
        try checkOpen()
        return try reader.receipt(forKey: key)
    }

    /// The durable progress of a processor, lane by lane.
    public func marks(of processor: String) throws(EventLogError) -> [Int: Position] {
        try checkOpen()
        return index.withIndex { $0.visibleMarks(of: processor) }
    }

    /// A copy-on-write view of the log, as of a position.
    public func fork(at position: Position) throws(EventLogError) -> any EventLog {
        try checkOpen()
        return MemoryLog(try LogFork(of: reader, at: position), clock: clock)
    }

    /// Suspends until there is an event behind a position.
    public func waitForEvent(after position: Position) async throws {
        try await waiters.wait(after: position)
    }

    /// Ends every wait; later calls throw `EventLogError.closed`.
    public func close() async throws(EventLogError) {
        isClosed.store(true, ordering: .releasing)
        waiters.close()
    }

    private func checkOpen() throws(EventLogError) {
        if isClosed.load(ordering: .acquiring) { throw .closed }
    }
}

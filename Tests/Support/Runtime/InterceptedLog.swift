import EventLog
import Synchronization

/// A log with somebody in between: a test sees each frame, holds it, gets in before it, or loses its answer.
///
/// Everything that isn't intercepted goes straight to the log below.
public final class InterceptedLog: EventLog {
    /// Takes the place of `commit`: gets the frame and the log below.
    public typealias Commit = @Sendable (NewFrame, any EventLog) async throws(EventLogError) -> Receipt

    private struct State {
        var frames: [NewFrame] = []
        var reads: [ReadRequest] = []
        var readError: EventLogError?
        var failsRead: @Sendable (ReadRequest) -> Bool = { _ in true }
    }

    private let log: any EventLog
    private let intercept: Commit
    private let state = Mutex(State())

    /// A log over another; without an interception it only remembers the frames.
    public init(over log: any EventLog, commit: @escaping Commit = InterceptedLog.passing) {
        self.log = log
        intercept = commit
    }

    /// The interception that does nothing.
    public static let passing: Commit = { frame, log throws(EventLogError) in try await log.commit(frame) }

    /// A process that is killed: so many frames are committed, then nothing answers any more.
    ///
    /// With `losingLast` the last frame becomes durable without its writer hearing of it.
    public static func killed(after count: Int, losingLast: Bool) -> Commit {
        let left = Mutex(count)
        return { frame, log throws(EventLogError) in
            let turn = left.withLock { left -> Int in
                left -= 1
                return left
            }
            guard turn >= 0 else { throw .closed }
            let receipt = try await log.commit(frame)
            if turn == 0 && losingLast { throw .closed }
            return receipt
        }
    }

    /// Every frame that a commit was tried with, refused ones too, in order.
    public var frames: [NewFrame] { state.withLock { $0.frames } }

    /// Every read that was asked for, in order.
    public var reads: [ReadRequest] { state.withLock { $0.reads } }

    /// From now on every read fails with this, or those alone that are named; nil lets them through again.
    public func failReads(
        with error: EventLogError?,
        where fails: @escaping @Sendable (ReadRequest) -> Bool = { _ in true }
    ) {
        state.withLock { state in
            state.readError = error
            state.failsRead = fails
        }
    }

    /// The identity of the log below.
    public var identity: LogIdentity { log.identity }

    /// The last position of the log below.
    public var lastPosition: Position { log.lastPosition }

    /// Whether the log below takes no appends.
    public var readOnlyReason: String? { log.readOnlyReason }

    /// Remembers the frame, then has it intercepted.
    public func commit(_ frame: NewFrame) async throws(EventLogError) -> Receipt {
        state.withLock { $0.frames.append(frame) }
        return try await intercept(frame, log)
    }

    /// Reads the log below, unless reads are to fail.
    public func read(_ request: ReadRequest) throws(EventLogError) -> EventBatch {
        let error = state.withLock { state in
            state.reads.append(request)
            return state.failsRead(request) ? state.readError : nil
        }
        if let error { throw error }
        return try log.read(request)
    }

    /// Asks the log below.
    public func revision(of stream: StreamName) throws(EventLogError) -> Revision? {
        try log.revision(of: stream)
    }

    /// Asks the log below.
    public func receipt(forKey key: String) throws(EventLogError) -> Receipt? {
        try log.receipt(forKey: key)
    }

    /// Asks the log below.
    public func marks(of processor: String) throws(EventLogError) -> [Int: Position] {
        try log.marks(of: processor)
    }

    /// Forks the log below.
    public func fork(at position: Position) throws(EventLogError) -> any EventLog {
        try log.fork(at: position)
    }

    /// Waits at the log below.
    public func waitForEvent(after position: Position) async throws {
        try await log.waitForEvent(after: position)
    }

    /// Closes the log below.
    public func close() async throws(EventLogError) {
        try await log.close()
    }
}

/// The one durable truth: a totally ordered sequence of frames, each of which is committed whole or not at
/// all.
///
/// Every engine (disk, memory, forks) satisfies this protocol and passes `EventLogContract` in
/// `TestSupport`. Invariants that the contract holds:
/// - a commit that returned is durable, and is seen by every read that begins afterwards;
/// - nothing is visible before it is durable;
/// - positions strictly increase in commit order, revisions of a stream are gapless from 0;
/// - conditions, marks and idempotency keys are checked against everything committed before, including
///   earlier frames of the same flush;
/// - a frame that fails a check leaves no trace, and the frames beside it go on.
///
/// Called by `Runtime` (command dispatch, processors, inspection) and by nothing else.
public protocol EventLog: Sendable {
    /// Who this log is: its id, and the hash seed that every script VM over it uses.
    var identity: LogIdentity { get }

    /// Position of the newest durable event; 0 while the log is empty.
    var lastPosition: Position { get }

    /// Why the log takes no appends (a write failed, damage was found); nil while it does.
    var readOnlyReason: String? { get }

    /// Makes a frame durable, or refuses it. A frame whose idempotency key is known is answered with the
    /// receipt of the first commit, and changes nothing.
    func commit(_ frame: NewFrame) async throws(EventLogError) -> Receipt

    /// A page of events, oldest first or newest first, all of them durable. Never waits.
    func read(_ request: ReadRequest) throws(EventLogError) -> EventBatch

    /// Revision of the newest event of a stream; nil when the stream has none.
    func revision(of stream: StreamName) throws(EventLogError) -> Revision?

    /// The receipt of the commit that carried this idempotency key; nil when none did.
    func receipt(forKey key: String) throws(EventLogError) -> Receipt?

    /// The durable progress of a processor: lane to position. A lane without a mark is absent (it stands at
    /// 0).
    func marks(of processor: String) throws(EventLogError) -> [Int: Position]

    /// A copy-on-write view of the log at its last whole frame at or before a position (`Position.max`: as it
    /// is now): reads see the base up to there, writes stay in memory.
    ///
    /// Marks, keys and revisions are those of that moment; frames of marks alone that stand between that
    /// frame and the next event belong to it. The base may go on, and neither sees what the other adds. A
    /// fork has the base's identity and clock, holds the base's files open, and can be forked itself.
    func fork(at position: Position) throws(EventLogError) -> any EventLog

    /// What is durable now, as files that can be copied while the log goes on.
    ///
    /// - Throws: `EventLogError.notAvailable` from an engine that has no files.
    func backup() throws(EventLogError) -> LogBackup

    /// Suspends until `lastPosition` is greater than `position`. Woken by the commit, never polling.
    ///
    /// - Throws: `CancellationError` when the task is cancelled, `EventLogError.closed` when the log closes.
    func waitForEvent(after position: Position) async throws

    /// Finishes what is queued, releases files and locks; later calls throw `EventLogError.closed`.
    func close() async throws(EventLogError)
}

extension EventLog {
    /// Refused: an engine has files, or it has none.
    public func backup() throws(EventLogError) -> LogBackup {
        throw .notAvailable("a backup of a log that is kept in memory")
    }
}

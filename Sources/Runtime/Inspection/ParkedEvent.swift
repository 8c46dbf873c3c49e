import EventLog

/// An event that a processor gave up on for now, or one whose step it will try again.
public struct ParkedEvent: Sendable {
    /// Position of the event itself: what `retry` and `skip` name.
    public let position: Position

    /// Which processor parked it.
    public let processor: String

    /// Stream of the event.
    public let stream: StreamName

    /// Type of the event.
    public let type: String

    /// When it was parked.
    public let time: LogTime

    /// Steps that were tried, retries by hand included; 0 when it only waits behind an earlier one of its
    /// key.
    public let attempts: Int

    /// Position of the earlier parked event of the same key that it waits behind; nil for the first.
    public let behind: Position?

    /// Hash of the script set that failed.
    public let rule: String

    /// Why; nil when it only waits behind an earlier one.
    public let failure: ScriptFailure?

    /// When its step is tried again; nil when that is left to a person, or when it waits behind another.
    var retryAt: LogTime?
}

extension ParkedEvent {
    /// The same event, behind the one that holds up its key now; nil when it is that one itself.
    func waiting(behind first: ParkedEvent?) -> ParkedEvent {
        ParkedEvent(
            position: position,
            processor: processor,
            stream: stream,
            type: type,
            time: time,
            attempts: attempts,
            behind: first?.position,
            rule: rule,
            failure: failure,
            retryAt: first == nil ? retryAt : nil
        )
    }

    /// The same event after one more attempt failed.
    func failed(
        _ failure: ScriptFailure,
        rule: String,
        at time: LogTime? = nil,
        retryAt: LogTime? = nil
    ) -> ParkedEvent {
        ParkedEvent(
            position: position,
            processor: processor,
            stream: stream,
            type: type,
            time: time ?? self.time,
            attempts: attempts + 1,
            behind: nil,
            rule: rule,
            failure: failure,
            retryAt: retryAt
        )
    }
}

/// What a repair did.
public struct RepairReport: Sendable {
    /// Positions whose step was committed, in order.
    public var retried: [Position] = []

    /// Positions that were given up for good.
    public var skipped: [Position] = []

    /// Positions that failed again and stay parked, with the failure.
    public var failed: [(position: Position, failure: ScriptFailure)] = []

    /// Nothing yet.
    public init() {}
}

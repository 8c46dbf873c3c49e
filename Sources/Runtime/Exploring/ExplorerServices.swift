import EventLog

/// What a prompt may ask of where it is attached to, beside the log.
///
/// All of it is called on the explorer's thread, which it may hold up.
public struct ExplorerServices {
    /// Looks how far the log is; nothing for a log that doesn't grow.
    public var refresh: () throws -> Void = {}

    /// The scripts that steps run by, those of a folder that is being edited; nil: those that are live.
    public var scripts: (() throws(RuntimeError) -> ScriptSet)?

    /// Sends a step to the host, under an idempotency key; nil where there is no host.
    public var send: ((_ request: PendingStep.Request, _ key: String) throws -> SentStep)?

    /// Sends several appends in one commit, under one key.
    public var sendTogether: ((_ requests: [PendingStep.Request], _ key: String) throws -> SentStep)?

    /// Asks a query of the rows as they are now: `{name, params}`; nil where there are no rows.
    public var query: ((JSONValue) throws -> JSONValue)?

    /// The host's own words, by the names that the prelude calls them: each takes and gives one JSON value.
    public var words: [String: (JSONValue) throws -> JSONValue] = [:]

    /// More of them, which wait for what comes: an interruption ends their wait, and not the line.
    public var waitingWords: [String: (JSONValue) throws -> JSONValue] = [:]

    /// The time.
    public var clock: LogClock.Reading = LogClock.system

    /// None of it.
    public init() {}
}

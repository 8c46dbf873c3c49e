import EventLog
import Lua
import ReadModels

/// Everything that a caller of the host can be told went wrong, each with a stable code and a hint.
public enum RuntimeError: Error, Sendable {
    /// The app declares no aggregate of this name.
    case unknownAggregate(String, known: [String])

    /// The aggregate declares no command of this name.
    case unknownCommand(String, aggregate: String, known: [String])

    /// The app declares no query of this name.
    case unknownQuery(String, known: [String])

    /// The app declares no processor of this name.
    case unknownProcessor(String, known: [String])

    /// Scripts have no word of this name.
    case unknownWord(String, known: [String])

    /// The log has no script set of this hash, or several whose hashes begin so.
    case unknownScripts(String, known: [String])

    /// Scripts don't go live for these reasons; those that decide go on.
    case publishRefused([ScriptFailure])

    /// The log has no event there: a position, or a revision of a stream.
    case unknownEvent(String)

    /// No parked event at this position for any processor.
    case unknownParked(Position)

    /// An earlier event of the same key is parked and must be dealt with first.
    case parkedBehind(Position, first: Position)

    /// What the caller sent can't be used.
    case invalidInput(String)

    /// The stream belongs to the host; callers can read it, but not append.
    case hostStream(StreamName)

    /// The meta of an event that a caller appends says that scripts have decided it.
    case hostMeta(type: String)

    /// The idempotency key was used before, for another command.
    case keyReused(String, earlier: String)

    /// An event that a caller appends isn't what the app's contract of its type asks for.
    case contractViolation(ContractViolation)

    /// A script failed; nothing that it asked for became true.
    case script(ScriptFailure)

    /// Other writers kept winning the race for what was decided on.
    case busy(Overtaken, attempts: Int)

    /// The read model didn't reach the position within the caller's timeout.
    case notCaughtUp(after: Position, reached: Position)

    /// A read model that the query waits for is kept by a projection that has stopped.
    case projectionStopped(String, ScriptFailure)

    /// The query needs a table or a column of rows that are still being built.
    case projectionBuilding(String, RebuildProgress)

    /// The processor keeps no rows that could be built anew.
    case notRebuildable(String)

    /// New rows of the projection are being built already.
    case rebuildRunning(String, RebuildProgress)

    /// The app's folder can't be loaded as it is.
    case invalidApp(String)

    /// Something the design promises and this version doesn't have yet.
    case notAvailable(String)

    /// The log refused.
    case log(EventLogError)

    /// The read models refused.
    case readModel(ReadModelError)

    /// The host is stopping, or nobody waits any more.
    case stopping
}

extension RuntimeError {
    /// What reading the log, or opening what is derived from it, can throw.
    init(reading error: any Error) {
        switch error {
        case let error as RuntimeError: self = error
        case let error as EventLogError: self = .log(error)
        case let error as ReadModelError: self = .readModel(error)
        case is CancellationError: self = .stopping
        default: self = .invalidInput("a record of the host can't be read: \(error)")
        }
    }
}

extension RuntimeError: CustomStringConvertible {
    /// Stable name of the case, for the API, the command line and scripts.
    public var code: String {
        switch self {
        case .unknownAggregate: "unknown-aggregate"
        case .unknownCommand: "unknown-command"
        case .unknownQuery: "unknown-query"
        case .unknownProcessor: "unknown-processor"
        case .unknownWord: "unknown-word"
        case .unknownScripts: "unknown-scripts"
        case .publishRefused: "publish-refused"
        case .unknownEvent: "unknown-event"
        case .unknownParked: "unknown-parked"
        case .parkedBehind: "parked-behind"
        case .invalidInput: "invalid-input"
        case .hostStream: "host-stream"
        case .hostMeta: "host-meta"
        case .keyReused: "idempotency-key-reused"
        case .contractViolation: "contract-violation"
        case .script(let failure): failure.code
        case .busy: "stream-busy"
        case .notCaughtUp: "not-caught-up"
        case .projectionStopped: "projection-stopped"
        case .projectionBuilding: "projection-building"
        case .notRebuildable: "not-rebuildable"
        case .rebuildRunning: "rebuild-running"
        case .invalidApp: "invalid-app"
        case .notAvailable: "not-available"
        case .log(let error): error.code
        case .readModel(let error): error.code
        case .stopping: "host-stopping"
        }
    }

    /// What a person can do about it.
    public var hint: String {
        switch self {
        case .unknownAggregate(let name, let known), .unknownQuery(let name, let known),
            .unknownProcessor(let name, let known), .unknownCommand(let name, _, let known):
            Suggestion.sentence(for: name, among: known)
        case .unknownWord(let name, let known):
            Suggestion.nearest(to: name, among: known).map { "did you mean \($0.debugDescription)?" }
                ?? "`perilune words` lists them"
        case .unknownScripts(let hash, let known):
            known.filter { $0.hasPrefix(hash) }.count > 1 && !hash.isEmpty
                ? "several begin so: \(known.filter { $0.hasPrefix(hash) }.joined(separator: ", "))"
                : "`perilune history` lists what was live"
        case .publishRefused(let failures):
            failures.count == 1 ? failures[0].hint : "mend them and publish again; what was live goes on"
        case .unknownEvent: "`perilune events` shows what there is"
        case .unknownParked: "`perilune parked` lists what is parked"
        case .parkedBehind(_, let first):
            "retry or skip position \(first) first; those behind it follow in order"
        case .invalidInput: "see the HTTP API page for the shape that is expected"
        case .hostStream: "append to a stream whose category doesn't start with \"$\""
        case .hostMeta: "leave \"\(StepStamp.ruleName)\" out of \"meta\", or give it another name"
        case .keyReused: "use a fresh key for each attempt at something new"
        case .contractViolation(let violation):
            "`event \(violation.type.debugDescription)` in the app's scripts says what it must be"
        case .script(let failure): failure.hint
        case .busy: "try again; the same idempotency key is safe"
        case .notCaughtUp: "ask again with a longer timeout, or look at `perilune processors`"
        case .projectionStopped: "`perilune processors` shows why; mend it, then `perilune processors resume`"
        case .projectionBuilding:
            "ask again when it is built; `perilune processors` shows how far it is, and older rows answer "
                + "queries of what they have"
        case .notRebuildable: "projections alone keep rows; a handler's parked events can be retried"
        case .rebuildRunning: "`perilune processors` shows how far it is"
        case .invalidApp: "correct the script and try again"
        case .notAvailable: "the documentation says what this version has"
        case .log(let error): error.hint
        case .readModel(let error): error.hint
        case .stopping: "try again when the host is up; the same idempotency key is safe"
        }
    }

    /// What happened, in one sentence.
    public var description: String {
        switch self {
        case .unknownAggregate(let name, _): "the app has no aggregate \(name.debugDescription)"
        case .unknownCommand(let name, let aggregate, _):
            "aggregate \(aggregate) has no command \(name.debugDescription)"
        case .unknownQuery(let name, _): "the app has no query \(name.debugDescription)"
        case .unknownProcessor(let name, _): "the app has no processor \(name.debugDescription)"
        case .unknownWord(let name, _): "scripts have no word \(name.debugDescription)"
        case .unknownScripts(let hash, _): "the log has no scripts \(hash.debugDescription)"
        case .publishRefused(let failures):
            "the scripts don't go live: \(failures[0].summary)"
                + (failures.count == 1 ? "" : ", and \(failures.count - 1) more")
        case .unknownEvent(let place): "the log has no event at \(place)"
        case .unknownParked(let position): "no event is parked at position \(position)"
        case .parkedBehind(let position, let first):
            "position \(position) is parked behind position \(first) of the same key"
        case .invalidInput(let reason): reason
        case .hostStream(let stream): "stream \(stream) belongs to the host"
        case .hostMeta(let type):
            "the meta of \(type) has a \"\(StepStamp.ruleName)\", which names the scripts that decided"
        case .keyReused(let key, let earlier):
            "the idempotency key \(key.debugDescription) was used for \(earlier)"
        case .contractViolation(let violation): violation.description
        case .script(let failure): failure.description
        case .busy(let what, let attempts): "\(what) changed under the decision \(attempts) times"
        case .notCaughtUp(let after, let reached):
            "the read model is at \(reached), position \(after) was asked for"
        case .projectionStopped(let name, let failure): "projection \(name) is stopped: \(failure.summary)"
        case .projectionBuilding(let name, let progress):
            "the query needs rows of projection \(name) that are still being built: \(progress)"
        case .notRebuildable(let name): "processor \(name) keeps no rows"
        case .rebuildRunning(let name, let progress):
            "projection \(name) is being built anew already: \(progress)"
        case .invalidApp(let reason): reason
        case .notAvailable(let what): "\(what) is not available in this version"
        case .log(let error): error.description
        case .readModel(let error): error.description
        case .stopping: "the host is stopping"
        }
    }
}

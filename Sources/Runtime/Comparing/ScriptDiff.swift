import EventLog

/// What would change if other scripts decided: the same recorded commands and events through two versions of
/// an app.
public struct ScriptDiff: Sendable {
    /// What the versions saw of what follows from the events: what is recorded, or what they decided.
    public let downstream: DiffRequest.Downstream

    /// The first position that was looked at.
    public let from: Position

    /// The last.
    public let to: Position

    /// Hash of the scripts that were compared with.
    public let old: String

    /// Hash of the scripts in question.
    public let new: String

    /// By what decides, `order.place` or a handler's name: how often it did, and what differs.
    public internal(set) var tallies: [String: DiffTally] = [:]

    /// The first of the decisions that differ, in the order of the log; the tallies count all.
    public internal(set) var changes: [ChangedDecision] = []

    /// How the forks were made; nil when the versions saw what is recorded.
    public internal(set) var recomputed: Recomputed?

    /// Steps that call out: they are compared up to their call, since the log doesn't have the answers.
    public internal(set) var callingOut = 0

    /// Commands that a release recorded which didn't keep the time they saw: decided at the time of their
    /// frames.
    public internal(set) var timeless = 0

    /// Aggregates whose states were compared, as they are at the end.
    public internal(set) var statesCompared = 0

    /// Of these, how many differ.
    public internal(set) var statesChanged = 0

    /// The first of them.
    public internal(set) var states: [ChangedState] = []

    /// Read models whose projection differs, and what that makes of their rows.
    public internal(set) var readModels: [ChangedRows] = []

    /// Decisions that differ.
    public var decisionsChanged: Int { tallies.values.reduce(0) { $0 + $1.changed } }

    /// Whether nothing differs but cost.
    public var isSame: Bool {
        decisionsChanged == 0 && statesChanged == 0 && readModels.allSatisfy(\.isSame)
    }
}

/// What two versions made of a stretch of a log, each on a fork of its own.
public struct Recomputed: Hashable, Sendable {
    /// Commands, and events that were appended together, that came from outside.
    public internal(set) var inputs = 0

    /// Events of steps in the stretch, as it is recorded.
    public internal(set) var recordedEvents = 0

    /// How many of these the old scripts came to again.
    public internal(set) var oldAsRecorded = 0

    /// Steps of the old scripts that weren't run, since an earlier event of their key had failed.
    public internal(set) var oldHeldUp = 0

    /// The same of the new ones.
    public internal(set) var newHeldUp = 0
}

/// How a decision differs.
public enum DecisionChange: String, CaseIterable, Sendable {
    /// Both decide something, not the same.
    case changed
    /// The old scripts decide nothing here.
    case added
    /// The new scripts decide nothing here.
    case lost
    /// The new scripts refuse what the old accept.
    case refused
    /// The new scripts accept what the old refuse.
    case accepted
    /// The new scripts fail here.
    case failing
    /// The old scripts fail here, the new don't.
    case mended
}

/// What one command or handler came to in both versions, counted.
public struct DiffTally: Sendable {
    /// Steps.
    public internal(set) var steps = 0

    /// How many differ, by how.
    public internal(set) var changes: [DecisionChange: Int] = [:]

    /// Instructions of the VM in the old scripts, all steps together.
    public internal(set) var oldInstructions = 0

    /// The same in the new ones.
    public internal(set) var newInstructions = 0

    /// How many differ.
    public var changed: Int { changes.values.reduce(0, +) }
}

/// A decision that differs.
public struct ChangedDecision: Sendable {
    /// How.
    public let change: DecisionChange

    /// Of the command's record, or of the handler's event; recomputed, of what it follows from in the end:
    /// what came from outside last, when only time brought it.
    public let position: Position

    /// What decides: `order.place`, or a handler's name.
    public let by: String

    /// The stream that it is about.
    public let stream: String

    /// What the old scripts decide.
    public let old: Decision

    /// What the new ones do.
    public let new: Decision
}

/// What a step comes to, for people and programs.
public struct Decision: Hashable, Sendable {
    /// What it asks for: the records of commands aside, and sent commands among it.
    public struct Event: Hashable, Sendable {
        /// Its stream.
        public let stream: String
        /// Its type.
        public let type: String
        /// JSON.
        public let data: ArraySlice<UInt8>
        /// Its labels.
        public let tags: [String]
    }

    /// The events, in order.
    public var events: [Event] = []

    /// The refusal of a command; nil when it is accepted.
    public var refusal: Refusal?

    /// Why it came to nothing, in a sentence: it failed, was aborted, calls out, or isn't there.
    public var end: String?
}

/// An aggregate whose state differs.
public struct ChangedState: Hashable, Sendable {
    /// Its stream.
    public let stream: String

    /// What the old scripts make of its events: canonical JSON, or why they fail.
    public let old: String

    /// What the new ones do.
    public let new: String
}

import EventLog

/// What came of a step that was run again.
struct ReplayedStep: Sendable {
    /// How it ended.
    enum Ending: Sendable {
        /// It asked for `events`; a command may have been refused.
        case decided
        /// Its script ended it with `abort`.
        case aborted
        /// It failed.
        case failed(ScriptFailure)
        /// It calls out, and what it was answered isn't in the log.
        case callsOut(method: String, url: String)
        /// The scripts have no such handler, aggregate or command.
        case gone
    }

    var ending = Ending.decided

    /// What it asked for, the records of its commands among them.
    var events: [NewEvent] = []

    /// The refusal of the newest command that it decided; nil when that was accepted.
    var refusal: Refusal?

    /// What it saw: streams with their revisions, and what `read` asked for.
    var saw: [AppendCondition] = []

    /// Instructions of the VM, with the folding that the step needed.
    var instructions = 0

    /// By event: the line of the scripts that asked for it, "app.lua:12"; empty without a trace.
    var places: [String] = []

    /// Bytes of data and meta of what it asked for.
    var bytes: Int { events.reduce(0) { $0 + $1.data.count + $1.meta.count } }

    /// Whether it asked for just what is recorded, byte for byte.
    func isRecorded(as recorded: [RecordedEvent]) -> Bool {
        guard events.count == recorded.count else { return false }
        return zip(events, recorded).allSatisfy { event, known in
            event.type == known.type && event.data == known.data && event.meta == known.meta
                && event.stream == known.stream && event.tags == known.tags
        }
    }

    /// Whether another run of the same step came to the same, byte for byte but for what the host adds.
    func isSame(as other: ReplayedStep) -> Bool {
        guard refusal == other.refusal, events.count == other.events.count else { return false }
        switch (ending, other.ending) {
        case (.decided, .decided), (.aborted, .aborted), (.gone, .gone): break
        case (.failed(let one), .failed(let two)): if one.code != two.code { return false }
        case (.callsOut(let method, let url), .callsOut(let otherMethod, let otherURL)):
            if (method, url) != (otherMethod, otherURL) { return false }
        default: return false
        }
        return zip(events, other.events).allSatisfy { one, two in
            one.type == two.type && one.stream == two.stream && one.tags == two.tags
                && (one.data == two.data || CommandRecord.areSame(one, two))
                && StepStamp.haveSame(one.meta, two.meta)
        }
    }
}

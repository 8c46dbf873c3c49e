extension ScriptFailure {
    private init(publishing code: String, _ summary: String, hint: String) {
        let context = "publishing scripts"
        self.init(
            code: code,
            summary: summary,
            file: "",
            line: 0,
            context: context,
            hint: hint,
            text: "\(summary)\n  in \(context)\n  hint: \(hint)"
        )
    }

    /// A handler that is gone from the scripts, and has events that wait for it.
    static func goneHandler(_ name: String, parked: Int) -> ScriptFailure {
        ScriptFailure(
            publishing: "handler-has-parked",
            "handler \(name) is gone, and \(parked) of its events are parked or wait for another attempt",
            hint: "retry or skip them first (`perilune parked`); with --force they wait until it comes back"
        )
    }

    /// An aggregate that is gone from the scripts, and has streams.
    static func goneAggregate(_ name: String, added: [String]) -> ScriptFailure {
        let renamed = added.count == 1 ? " (is \(added[0]) its new name? streams keep theirs)" : ""
        return ScriptFailure(
            publishing: "aggregate-has-streams",
            "aggregate \(name) is gone\(renamed), and the log has streams of it",
            hint: "keep its declaration, so that they can be decided and explained; --force does without"
        )
    }

    /// A command that is gone from the scripts, and that timers will send.
    static func goneCommand(_ name: String, timers: Int) -> ScriptFailure {
        let waiting = timers == 1 ? "a timer waits" : "\(timers) timers wait"
        return ScriptFailure(
            publishing: "command-has-timers",
            "the command \(name) is gone, and \(waiting) to send it",
            hint: "keep it until they have fired; with --force what they send is parked when it is due"
        )
    }

    /// Scripts that can't be loaded as they are, for a reason that isn't at a line.
    init(refusing error: RuntimeError) {
        if case .script(let failure) = error {
            self = failure
        } else {
            self.init(publishing: error.code, error.description, hint: error.hint)
        }
    }
}

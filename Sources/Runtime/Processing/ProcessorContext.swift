import EventLog
import Logging

/// What every processor needs of its host.
struct ProcessorContext: Sendable {
    let log: any EventLog
    let pool: WorkerPool
    let clock: HostClock
    let logger: Logger
    /// Who makes the calls of steps; nobody, where none is made.
    var calls = CallRunner(.none, clock: .system)

    /// Hash of the script set that decides now.
    var rule: String { pool.live.value.scripts.hash }
}

extension ScriptFailure {
    /// A read model with events that the log doesn't have: it belongs to another log, or to a longer one.
    static func ahead(_ projection: String, at position: UInt64, of end: UInt64) -> ScriptFailure {
        let summary = "its read model is at position \(position), and the log ends at \(end)"
        let context = "projection \(projection)"
        let hint = "`perilune processors rebuild \(projection)` builds it anew from the log"
        return ScriptFailure(
            code: "read-model-ahead",
            summary: summary,
            file: "",
            line: 0,
            context: context,
            hint: hint,
            text: "\(summary)\n  in \(context)\n  hint: \(hint)"
        )
    }

    /// A processor that can't go on because the log or a read model refuses.
    init(stopping error: any Error, of processor: String) {
        let code: String
        let hint: String
        switch error {
        case let error as EventLogError: (code, hint) = (error.code, error.hint)
        case let error as RuntimeError: (code, hint) = (error.code, error.hint)
        default: (code, hint) = ("processor-stopped", "start the host again")
        }
        let context = "processor \(processor)"
        self.init(
            code: code,
            summary: "\(error)",
            file: "",
            line: 0,
            context: context,
            hint: hint,
            text: "\(error)\n  in \(context)\n  hint: \(hint)"
        )
    }
}

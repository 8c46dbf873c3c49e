import EventLog
import Lua

extension ScriptFailure {
    /// A failure that the VM reported, in the context of what was being done.
    init(_ error: LuaError, context: String) {
        self.init(
            code: error.code,
            summary: error.message,
            file: error.file ?? "",
            line: error.line ?? 0,
            context: context,
            hint: error.hint ?? Self.generalHint,
            text: error.rendered + "\n  in " + context
                + (error.hint == nil ? "\n  hint: \(Self.generalHint)" : "")
        )
    }

    /// What can always be done.
    static let generalHint = "correct the script; what is parked is tried again with `perilune retry`"

    /// A step whose script ran, but asked for something that can't become true.
    init(_ error: EventLogError, context: String) {
        self.init(
            // Not the bare code of the log: it was the script's doing, and not the caller's.
            code: "script-" + error.code,
            summary: error.description,
            file: "",
            line: 0,
            context: context,
            hint: error.hint,
            text: "\(error.description)\n  in \(context)\n  hint: \(error.hint)"
        )
    }
}

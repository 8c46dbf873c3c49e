import EventLog
import Lua

extension ScriptFailure {
    /// A failure that the VM reported, in the context of what was being done.
    init(_ error: LuaError, context: String) {
        let raised = Self.callFailure(error)
        let hint = error.hint ?? raised?.hint ?? Self.hint(in: context)
        self.init(
            code: raised?.code ?? error.code,
            summary: error.message,
            file: error.file ?? "",
            line: error.line ?? 0,
            context: context,
            hint: hint,
            text: error.rendered + "\n  in " + context + (error.hint == nil ? "\n  hint: \(hint)" : "")
        )
    }

    /// Code and hint of a call that failed, which `http` raised as a table.
    private static func callFailure(_ error: LuaError) -> (code: String, hint: String)? {
        // A table that is no JSON is another one.
        guard let value = error.value, let table = try? JSONValue(parsing: value),
            let code = table["code"]?.string, code.hasPrefix("http-"), let hint = table["hint"]?.string
        else { return nil }
        return (code, hint)
    }

    /// What can always be done, by the word that a context begins with.
    private static func hint(in context: String) -> String {
        switch context.prefix(while: { $0 != " " }) {
        case "handler": "correct the script and start again; `perilune retry` runs what is parked"
        case "projection": "correct the script and start again; the projection goes on where it stopped"
        case "command": "nothing was written; correct the arguments or the script"
        case "spec": "correct the rule, or what the spec says of it"
        default: "correct the script and try again"
        }
    }

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

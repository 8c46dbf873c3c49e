import EventLog
import Lua

/// The steps that hosts run and replays run again.
///
/// What goes into the VM is written here alone, so that a replay can't differ from what it replays.
extension ScriptSession {
    /// Decides a command; what it asked for is left in the VM.
    func decide(
        _ command: Command,
        time: LogTime,
        seed: UInt64,
        context: @autoclosure () -> String
    ) throws(StepStop) {
        try call("execute", context: context()) { arguments in
            Self.writeSeed(&arguments, time: time, seed: seed)
            arguments.string(command.aggregate)
            arguments.string(command.key)
            arguments.string(command.name)
            if command.arguments.isEmpty {
                arguments.beginObject(0)
            } else {
                arguments.json(command.arguments)
            }
        }
    }

    /// Runs the step of a handler; what a step leaves that ended itself is what `abort` records.
    func effects(
        of step: Step,
        by handler: HandlerDefinition,
        in log: EventID,
        rule: String
    ) throws(StepStop) -> Effects {
        words.context = handler.name
        let key = CallKey(log: log, processor: handler.name, position: step.event.position)
        words.calls = StepCalls(key, step.answers)
        defer { words.calls = StepCalls() }
        // What an operator wrote is written for the scripts as they are now.
        let old = step.editedData == nil ? definitions.schemas.oldVersion(of: step.event) : nil
        let origin = StepOrigin(processor: handler.name, event: step.event, rule: rule)
        do {
            try call(handle, context: step.context(handler.name)) { arguments in
                arguments.integer(Int64(handler.index))
                envelope.write(
                    step.event,
                    data: step.editedData,
                    fields: old == nil ? handlerFields[handler.index - 1] : nil,
                    to: &arguments
                )
                Self.writeSeed(
                    &arguments,
                    time: step.event.time,
                    seed: Self.seed(handler.name, step.knownAs ?? step.event.position)
                )
                if let old { write(oldVersion: old, for: handler.name, to: &arguments) }
            }
        } catch {
            guard case .aborted = error else { throw error }
            return try takeAborted(origin, step, context: step.context(handler.name))
        }
        return try takeEffects(origin, context: step.context(handler.name))
    }

    /// Runs lines of a console, and gives what `repl.lua` makes of their results.
    func evaluate(_ text: [UInt8], file: String, time: LogTime) throws(LuaError) -> PackedReader {
        try evaluate { arguments in
            arguments.string(bytes: text)
            arguments.string(file)
            Self.writeSeed(&arguments, time: time, seed: UInt64(bitPattern: time))
        }
    }

    private static func writeSeed(_ arguments: inout PackedWriter, time: LogTime, seed: UInt64) {
        arguments.integer(time / 1_000)
        arguments.integer(Int64(bitPattern: seed))
        arguments.integer(Int64(bitPattern: seed &* 0x9E37_79B9_7F4A_7C15))
    }

    private static func seed(_ processor: String, _ position: Position) -> UInt64 {
        var hash = StableHash()
        hash.add(processor.utf8)
        hash.add(position)
        return hash.value
    }
}

import EventLog
import Logging
import Lua

/// A handler's step that its script ended with `abort`.
///
/// It leaves nothing, unless its reason is to be recorded.
struct AbortedStep {
    /// Empty when the script gave none.
    let reason: String

    let isRecorded: Bool

    /// What the step had recorded by then: nothing of it becomes true, but the conditions in it hold for the
    /// decision to end, as for any other.
    let records: LuaRecords
}

extension HostWords {
    func registerAbort(in vm: LuaVM) {
        vm.register("abort_step") { [unowned self, unowned vm] arguments, _ in
            let reason = arguments.text()
            let isRecorded = arguments.next() == .bool(true)
            aborted = AbortedStep(reason: reason, isRecorded: isRecorded, records: vm.takeRecords())
            if !reason.isEmpty { logger.info("aborted: \(reason)", metadata: ["in": "\(context)"]) }
            throw LuaAbort(code: StepStop.abortedCode, text: reason)
        }
    }
}

extension EffectsReader {
    /// What is left of a step that ended itself.
    func effects(of aborted: AbortedStep, _ step: Step) throws -> Effects {
        let asked = try effects(of: aborted.records)
        var effects = Effects()
        effects.conditions = asked.conditions
        effects.reads = asked.reads
        effects.isAborted = true
        if aborted.isRecorded { effects.append(try recorded(aborted.reason, step)) }
        return effects
    }

    /// `StepAborted` in `$aborted-<handler>`: `{ "position", "stream", "type", "reason" }`.
    ///
    /// Its meta is what every event of the step would have had.
    private func recorded(_ reason: String, _ step: Step) throws -> NewEvent {
        let position = step.knownAs ?? step.event.position
        let data: JSONValue = .object([
            "position": .integer(Int64(position)), "stream": .string(step.event.stream.text),
            "type": .string(step.event.type), "reason": .string(reason),
        ])
        let event = NewEvent(
            stream: try StreamName(category: "$aborted", key: origin.by),
            type: "StepAborted",
            data: try data.bytes()[...],
            meta: try origin.meta(adding: nil)[...]
        )
        try event.check()
        return event
    }
}

import EventLog

extension ScriptFailure {
    /// A call that nobody will know the end of, told as the step's failure.
    init(_ failure: CallFailure, of event: ParkedEvent, in processor: String) {
        let context = "handler \(processor) on \(event.type), position \(event.position) of \(event.stream)"
        self.init(
            code: failure.code,
            summary: failure.description,
            file: "",
            line: 0,
            context: context,
            hint: failure.hint,
            text: "\(failure)\n  in \(context)\n  hint: \(failure.hint)"
        )
    }
}

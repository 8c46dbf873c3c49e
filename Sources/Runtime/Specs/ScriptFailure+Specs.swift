import Lua

/// What a spec can fail with beside its expectations.
extension ScriptFailure {
    /// A spec that holds under each seed, but did two different things; nil when it did the same.
    static func difference(_ first: LuaRecords?, _ second: LuaRecords?, _ spec: Spec) -> ScriptFailure? {
        guard first != second else { return nil }
        return ScriptFailure(
            code: "spec-not-deterministic",
            summary: "the same spec did two different things under two hash seeds",
            hint: "a rule depends on something outside its event and state: an order, a global, an identity",
            at: spec
        )
    }

    /// A spec that holds, and not when its steps are delivered twice.
    ///
    /// A budget that two deliveries use up says nothing about the rules, and stays what it is.
    static func notIdempotent(_ failure: ScriptFailure, _ second: [String], _ spec: Spec) -> ScriptFailure {
        guard !failure.code.hasSuffix("-limit") else { return failure }
        let hint =
            "let it do the same a second time, or say why it can't: "
            + "spec(\"…\", { once = \"why\" }, function() … end)"
        let told = failure.text.split(separator: "\n  hint: ", maxSplits: 1).first.map(String.init) ?? ""
        let lines = [told] + second.map { "  " + $0 } + ["  hint: " + hint]
        return ScriptFailure(
            code: "spec-not-idempotent",
            summary: "with each step delivered twice: " + failure.summary,
            file: failure.file.isEmpty ? spec.file : failure.file,
            line: failure.file.isEmpty ? spec.line : failure.line,
            context: failure.context,
            hint: hint,
            text: lines.joined(separator: "\n")
        )
    }

    /// An app may load under one seed and fail under the other, when it depends on what it must not.
    static func loading(_ error: RuntimeError, for spec: Spec) -> ScriptFailure {
        if case .script(let failure) = error { return failure }
        return ScriptFailure(code: error.code, summary: error.description, hint: error.hint, at: spec)
    }

    /// The failure of a projection or a query that a spec asked.
    func inside(_ context: String) -> ScriptFailure {
        ScriptFailure(
            code: code,
            summary: summary,
            file: file,
            line: line,
            context: context,
            hint: hint,
            text: text + "\n  in " + context
        )
    }

    private init(code: String, summary: String, hint: String, at spec: Spec) {
        self.init(
            code: code,
            summary: summary,
            file: spec.file,
            line: spec.line,
            context: "spec \(spec.name)",
            hint: hint,
            text: "\(spec.file):\(spec.line): \(summary)\n  in spec \(spec.name)\n  hint: \(hint)"
        )
    }
}

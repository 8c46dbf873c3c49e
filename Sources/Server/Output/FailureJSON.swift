import Runtime

/// A script's failure as every surface shows it.
extension JSONWriter {
    /// Writes the failure in parts and as one text, or `null`.
    mutating func failure(_ failure: ScriptFailure?) {
        guard let failure else { return null() }
        beginObject()
        for (member, value) in [
            ("code", failure.code), ("summary", failure.summary), ("file", failure.file),
            ("context", failure.context),
            ("hint", failure.hint), ("text", failure.text),
        ] {
            name(member)
            string(value)
        }
        name("line")
        integer(failure.line)
        endObject()
    }
}

import Lua

/// A script that failed, told so that its writer can mend it: one text for terminal, API and parked events.
public struct ScriptFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Stable, kebab-case.
    public let code: String

    /// One sentence: what went wrong.
    public let summary: String

    /// The script file; empty when the failure isn't at a place in a script.
    public let file: String

    /// The line, from 1; 0 when unknown.
    public let line: Int

    /// What was being done: `handler reserve-stock on OrderPlaced, position 17 of order-1`.
    public let context: String

    /// What a person can do about it.
    public let hint: String

    /// The full text: summary, place, source lines with a caret, traceback, context, hint.
    public let text: String

    /// The full text.
    public var description: String { text }

    /// A failure of any origin, in full.
    public init(
        code: String,
        summary: String,
        file: String,
        line: Int,
        context: String,
        hint: String,
        text: String
    ) {
        self.code = code
        self.summary = summary
        self.file = file
        self.line = line
        self.context = context
        self.hint = hint
        self.text = text
    }
}

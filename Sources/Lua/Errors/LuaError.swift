/// Why a call into a VM failed, in the words of the person who wrote the script.
public struct LuaError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Who has to act on it.
    public let kind: LuaErrorKind

    /// Stable and kebab-case: `script-error`, `script-memory-limit` …, or what a `LuaAbort` said.
    public let code: String

    /// What happened, without the position.
    public let message: String

    /// The file of the app where it happened, if that is known.
    public let file: String?

    /// The line in that file, from 1.
    public let line: Int?

    /// The app's lines that led there, innermost first: `order.lua:12 in function 'place'`.
    public let traceback: [String]

    /// The lines around the position with a marker, each ended; empty when the text isn't known.
    public let snippet: String

    /// What can be done about it.
    public let hint: String?

    /// Canonical JSON of the table that the script raised, if it raised one.
    public let value: [UInt8]?

    /// A syntax error that more text could cure: a REPL goes on reading.
    public let incompleteInput: Bool

    /// An error that no script is part of.
    init(kind: LuaErrorKind, message: String) {
        self.kind = kind
        self.message = message
        code = kind.code
        file = nil
        line = nil
        traceback = []
        snippet = ""
        hint = nil
        value = nil
        incompleteInput = false
    }

    /// What C reports, told with the texts that were loaded.
    init(_ failure: LuaFailure, sources: ScriptSources, limits: LuaLimits, names: () -> [String]) {
        let story = FailureStory(failure, sources: sources, limits: limits)
        kind = story.kind
        code = story.code
        message = story.message
        file = story.file
        line = story.line
        traceback = story.traceback
        snippet = story.snippet
        value = failure.value
        incompleteInput = story.isIncomplete
        hint = MisspeltName(in: message)?.hint(names) ?? story.hint
    }

    /// The message behind its position, as Lua would raise it.
    var positionedMessage: String {
        guard let file, let line else { return message }
        return "\(file):\(line): \(message)"
    }

    /// Position and message in one line.
    public var description: String { positionedMessage }

    /// All of it, as terminal, API and dashboard show it.
    public var rendered: String {
        var text = positionedMessage + "\n" + snippet
        for level in traceback { text += "  at \(level)\n" }
        if let hint { text += "  hint: \(hint)\n" }
        return String(text.dropLast())
    }
}

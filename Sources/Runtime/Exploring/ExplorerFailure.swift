/// Why a line came to nothing.
public enum ExplorerFailure: Error {
    /// It isn't over: more text is to come. What would be said if none came.
    case incomplete(ScriptFailure)

    /// Somebody interrupted it.
    case interrupted

    /// It failed, in the words of a script that does; with the error of a word's own, when that is why.
    case failed(ScriptFailure, cause: (any Error)?)
}

/// What a line came to.
public struct Evaluation: Sendable {
    /// One of its results.
    public enum Value: Hashable, Sendable {
        /// What JSON can hold.
        case json(JSONValue)

        /// What it can't, as people read it: a function, a table with holes.
        case text(String)
    }

    /// The results, in order; none when it was a statement.
    public let values: [Value]

    /// Whether the newest command in it was refused, or a comparison in it found a difference.
    public let isNegative: Bool
}

/// A word's own error: said without the place of the word in the host's Lua.
public struct ExplorerError: Error, CustomStringConvertible {
    /// One sentence.
    public let description: String

    /// Stable, for programs.
    public let code: String

    /// A word that needs a running host, where there is none.
    public static let noHost = ExplorerError(
        "a data folder is only read, and this needs a running host: start one, and attach with --url"
    )

    /// An error that says this.
    public init(_ description: String, code: String = "not-possible-here") {
        self.description = description
        self.code = code
    }
}

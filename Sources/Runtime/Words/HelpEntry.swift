/// What is known of one word that a script can use: for `help("list.sum")` and `perilune words list.sum`.
public struct HelpEntry: Hashable, Sendable {
    /// How scripts write it: `list.sum`, `emit`; for a module its name alone.
    public let name: String

    /// The word as it is used, with its parameters: `list.sum(items, f)`.
    public let signature: String

    /// One sentence: what it does.
    public let summary: String

    /// The lines behind the sentence; may be empty.
    public let body: [String]

    /// What it gives, in examples that are tested.
    public let examples: [Doctest]

    /// The whole entry as a person reads it.
    public var text: String {
        var lines = [signature, "  " + summary] + body.map { "  " + $0 }
        for example in examples {
            lines.append("")
            lines += example.code.map { "  > " + $0 }
            lines.append("  " + example.expected)
        }
        return lines.joined(separator: "\n")
    }
}

/// An example in a doc comment, with what it gives: a test.
public struct Doctest: Hashable, Sendable {
    /// An expression of Lua, in the lines in which it is written.
    public let code: [String]

    /// An expression of what it gives, or `error: ` and a part of the error's text.
    public let expected: String

    /// The line of its first line of code in the file, from 1.
    public let line: Int
}

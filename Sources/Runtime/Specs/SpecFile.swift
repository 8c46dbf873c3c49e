/// A file of specs: Lua that says what is given, what comes, and what is expected of an app.
public struct SpecFile: Hashable, Sendable {
    /// How results and errors name it: its path in the app's folder.
    public let name: String

    /// The text, UTF-8.
    public let text: [UInt8]

    /// A file that is in memory already.
    public init(name: String, text: [UInt8]) {
        self.name = name
        self.text = text
    }
}

/// A spec that a file declares.
public struct Spec: Hashable, Sendable, CustomStringConvertible {
    /// The sentence that names it.
    public let name: String

    /// The file that declares it.
    public let file: String

    /// The line of its declaration, from 1.
    public let line: Int

    /// Why its steps aren't delivered twice; nil when they are.
    public let once: String?

    /// Its place among the specs of its runner, from 1: how the prelude calls it.
    let index: Int

    /// The name, and where it stands.
    public var description: String { "\(name) (\(file):\(line))" }
}

/// What became of one spec.
public struct SpecResult: Hashable, Sendable {
    /// The spec that ran.
    public let spec: Spec

    /// Why it doesn't hold, told as every failure of a script is; nil when it holds.
    public let failure: ScriptFailure?

    /// Whether it holds.
    public var passed: Bool { failure == nil }
}

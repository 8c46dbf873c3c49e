/// A function that privileged Lua can call: it reads its arguments and writes its results.
///
/// A thrown error becomes a Lua error at the calling line, with the error's description as its text. A thrown
/// `LuaAbort` ends the script. A `LuaError` that a nested call threw goes on as it was.
public typealias HostFunction = (_ arguments: inout PackedReader, _ results: inout PackedWriter) throws ->
    Void

/// Ends the running script from a host function: the script can't catch it, and the call fails with this
/// code.
public struct LuaAbort: Error, Hashable, Sendable {
    /// Becomes the code of the `LuaError`; kebab-case.
    public let code: String

    /// Becomes its message.
    public let text: String

    /// An abort with a code and a sentence.
    public init(code: String, text: String) {
        self.code = code
        self.text = text
    }
}

/// A chunk of the host's own that is compiled: a VM loads it in a seventh of the time that its text takes.
///
/// Invariant: `LuaVM.precompile` alone makes one, in this process. Lua doesn't check bytecode, so bytes from
/// elsewhere must never get here.
public struct LuaChunk: Sendable {
    /// How tracebacks name it.
    public let file: String

    /// Its text, so that errors can show a line.
    let source: [UInt8]

    let code: [UInt8]
}

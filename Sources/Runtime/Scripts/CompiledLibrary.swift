import Lua
import Stdlib
import Synchronization

/// The host's own Lua, compiled when it is first asked for, and kept: each VM of the process loads it.
enum CompiledLibrary {
    private static let chunks = Mutex<[String: LuaChunk]>([:])

    /// A file of the host's own.
    ///
    /// - Throws: `LuaError` when there is no memory for it.
    static func chunk(of source: StandardLibrary.Source) throws(LuaError) -> LuaChunk {
        if let known = chunks.withLock({ $0[source.file] }) { return known }
        let chunk = try LuaVM(seed: 0).precompile(source.text, file: source.file)
        chunks.withLock { $0[source.file] = chunk }
        return chunk
    }
}

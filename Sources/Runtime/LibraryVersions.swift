import Lua
import ReadModels

/// The versions of the libraries that a host is made of, for `perilune doctor`.
public enum LibraryVersions {
    /// The interpreter of the scripts: `Lua 5.4.4`.
    public static var lua: String { LuaRelease.text }

    /// The store of the read models: `3.40.1`.
    public static var sqlite: String { ReadModelStore.sqliteVersion }
}

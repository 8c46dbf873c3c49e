import Runtime

/// What this program is made of.
enum Versions {
    /// Of the program; it has not been released.
    static let perilune = "0.1.0"

    /// Of the compiler, as far as a program can know it.
    static var swift: String {
        #if compiler(>=6.4)
        "6.4 or newer"
        #elseif compiler(>=6.3)
        "6.3"
        #else
        "6.2"
        #endif
    }

    /// All of them, by name.
    static var all: [(String, String)] {
        [
            ("perilune", perilune), ("swift", swift),
            ("lua", LibraryVersions.lua.replacing("Lua ", with: "")), ("sqlite", LibraryVersions.sqlite),
        ]
    }
}

import CLua

/// Which Lua is linked in.
public enum LuaRelease {
    /// As it names itself: `Lua 5.4.4`.
    public static let text = String(cString: clua_release())
}

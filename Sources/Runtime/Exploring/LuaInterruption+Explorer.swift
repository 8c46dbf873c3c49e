import Lua

extension LuaInterruption {
    /// Ends what a word does between its steps.
    ///
    /// - Throws: when somebody has interrupted the line; `Explorer.evaluate` says so, whatever the error.
    func check() throws(ExplorerError) {
        if isRaised { throw ExplorerError("interrupted") }
    }
}

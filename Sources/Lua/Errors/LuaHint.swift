/// What can be done about an error, told from its kind and its text.
enum LuaHint {
    /// `isRecursive`: the stack was deep, and the same lines came again and again.
    static func hint(_ kind: LuaErrorKind, _ message: String, isRecursive: Bool) -> String? {
        if isRecursive { return "a function calls itself without end" }
        switch kind {
        case .syntax: return syntax(message)
        case .runtime: return runtime(message)
        case .memory: return "look for a table or a text that grows in a loop"
        case .instructions, .time: return "look for a loop that doesn't end, or do the work in smaller steps"
        case .output: return "record or return less in one step"
        case .conversion:
            return
                "only nil, booleans, finite numbers, texts in UTF-8, and tables of these can leave a script"
        case .aborted, .interrupted: return nil
        }
    }

    private static func syntax(_ message: String) -> String? {
        if message.hasSuffix("near <eof>") {
            return "something is still open: look for a missing 'end', ')', '}' or quote"
        }
        if message.hasPrefix("attempt to load a binary chunk") {
            return "scripts are text; compiled Lua is not loaded"
        }
        return nil
    }

    /// The first rule whose text occurs in the message.
    private static func runtime(_ message: String) -> String? {
        rules.first { message.contains($0.text) }?.hint
    }

    private static let rules: [(text: String, hint: String)] = [
        ("global 'os'", "scripts have no os: use now() for the time of what is being processed"),
        ("global 'io'", "scripts reach no files: what they know comes from events and read models"),
        ("global 'coroutine'", "scripts have no coroutines"),
        ("global 'debug'", "scripts have no debug library; `log.info(...)` writes to the host's log"),
        ("global 'package'", "require finds the app's own files, and nothing else"),
        ("field 'exec'", "a query only reads: db.rows and db.row"),
        (
            "attempt to call a nil value",
            "there is no such function: check its spelling, or require the module that has it"
        ),
        ("attempt to index a nil value", "it is nil here: check its spelling, or test it before use"),
        (
            "attempt to perform arithmetic on a nil value",
            "it is nil here: give it a value first, as in (x or 0)"
        ),
        ("attempt to concatenate a nil value", "it is nil here: use tostring(x), or give it a value first"),
        ("attempt to compare", "convert both sides to one type first, with tonumber or tostring"),
        (
            "was not set when the app was loaded",
            "state belongs in events; a handler keeps nothing between two steps"
        ),
        ("require each other in a circle", "move what both need into a third module"),
    ]
}

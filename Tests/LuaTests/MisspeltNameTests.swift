import Testing

@testable import Lua

/// A name that means nothing is answered with the name that was meant.
@Suite struct MisspeltNameTests {
    private static let unknown =
        "there is no such function: check its spelling, or require the module that has it"

    @Test(arguments: [
        ("handlr 'x'", "did you mean handler?"),
        ("tostrin(1)", "did you mean tostring?"),
        ("table.inser({}, 1)", "did you mean table.insert?"),
        ("math.flor(1)", "did you mean math.floor?"),
        ("json.encod({})", "did you mean json.encode?"),
        ("words.shot()", "did you mean words.shout?"),
        ("('x'):uper()", "did you mean upper?"),
        ("wholly_unknown()", unknown), ("math.wholly_unknown()", unknown),
        ("os.time()", "scripts have no os: use now() for the time of what is being processed"),
    ])
    func `a call of nothing gets a hint`(call: String, hint: String) {
        let script = """
            function handler() end
            words = { shout = print }
            function run() \(call) end
            """
        #expect(Bench.failure(script)?.hint == hint)
    }
}

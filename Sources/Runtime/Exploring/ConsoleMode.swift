import Lua
import Stdlib

/// What a session does otherwise whose script is a person at a prompt.
///
/// Its globals are open, so that a line can keep something for the next, and it has the words of a prompt.
struct ConsoleMode: Sendable {
    /// What is loaded behind the prelude.
    var words: [StandardLibrary.Source] { StandardLibrary.consoleWords }

    /// A line may look at a whole log, and follow it for days: Ctrl-C ends it, and not a budget.
    private static let instructionsMax = Int.max

    /// A year.
    private static let millisecondsMax = 365 * 86_400_000

    /// The largest answer that is read over the API, a few times over.
    private static let outputBytesMax = 256 << 20

    static var limits: LuaLimits {
        LuaLimits(
            instructions: instructionsMax,
            memoryBytes: RuntimeLimits.scriptMemoryBytes,
            outputBytes: outputBytesMax,
            milliseconds: millisecondsMax
        )
    }
}

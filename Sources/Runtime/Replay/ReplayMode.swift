import Stdlib

/// What a session does otherwise whose steps are recorded ones.
struct ReplayMode: Sendable {
    /// Whether the place of all that a step asks for is noted.
    var traces = false

    /// Most steps take fewer instructions than a host counts at once, and here they are compared.
    ///
    /// At ten, counting takes about a tenth of a step's time.
    static let countedInstructions = 10

    /// What is loaded behind the prelude.
    var words: [StandardLibrary.Source] { [StandardLibrary.replay] + (traces ? [StandardLibrary.trace] : []) }
}

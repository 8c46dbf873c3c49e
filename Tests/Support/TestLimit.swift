import Testing

extension Trait where Self == TimeLimitTrait {
    /// Ends a test that hangs, and nothing else: how long a test takes says nothing.
    ///
    /// All tests of a run begin at once and share what processors there are, so each of them takes about as
    /// long as the run: minutes on two cores, several times that on a busy machine.
    public static var unlessItHangs: Self { .timeLimit(.minutes(15)) }
}

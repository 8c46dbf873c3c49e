/// Waits for something that no commit announces: gives way to the others, then looks again.
public enum Condition {
    /// It didn't come true, however often it was looked at.
    public struct NeverTrue: Error, CustomStringConvertible {
        /// What was waited for.
        public let description: String
    }

    /// Looks before it gives up: far more than any step needs, few enough that a failing test ends.
    private static let looksMax = 100_000

    /// Returns when the condition holds.
    ///
    /// - Throws: `NeverTrue` when it never does, `CancellationError` when the test is over before.
    public static func wait(
        for what: String,
        details: () async -> String = { "" },
        until condition: () async throws -> Bool
    ) async throws {
        for _ in 0..<looksMax {
            if try await condition() { return }
            try Task.checkCancellation()
            await Task.yield()
        }
        throw NeverTrue(description: "never \(what) \(await details())")
    }
}

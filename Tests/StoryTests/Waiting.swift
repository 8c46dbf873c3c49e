/// The one place where a test lets time pass.
///
/// A story waits for another process: for its port to open, its end, its processors to catch up. Nothing in
/// this process can be woken by that, so the condition is asked again, with a growing pause and a bounded
/// number of tries. No story ever waits for a time in the hope that something has happened by then.
enum Waiting {
    /// Tries before a condition is given up: with the longest pause about two minutes, far beyond what a
    /// debug build on a busy machine has needed.
    static let triesMax = 2_400

    /// Milliseconds between tries once the pause has grown.
    static let pauseMax = 50

    /// Asks until the condition holds.
    static func until(_ what: String, _ condition: () async throws -> Bool) async throws {
        _ = try await value(what) { try await condition() ? true : nil }
    }

    /// Asks until there is a value.
    static func value<Value>(_ what: String, _ ask: () async throws -> Value?) async throws -> Value {
        for attempt in 0..<triesMax {
            if let value = try await ask() { return value }
            try await Task.sleep(for: .milliseconds(min(2 << min(attempt, 8), pauseMax)))
        }
        throw StoryFailure("waited in vain for \(what)")
    }
}

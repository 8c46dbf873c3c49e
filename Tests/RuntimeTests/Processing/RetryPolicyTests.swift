import Testing

@testable import Runtime

@Suite struct RetryPolicyTests {
    private func policy(_ json: JSONValue) throws -> RetryPolicy { try RetryPolicy(json, of: "handler h") }

    @Test func `what a script leaves out has the defaults of the design`() throws {
        var expected = RetryPolicy()
        expected.attempts = 5
        expected.first = 200_000
        expected.factor = 2
        expected.longest = 30_000_000
        #expect(try policy([:]) == expected)
        #expect(try policy(.null) == expected)
    }

    @Test func `a script's own values are taken`() throws {
        let policy = try policy(["attempts": 7, "first": "1s", "factor": 1.5, "max": "2m"])
        #expect(policy.attempts == 7)
        #expect(policy.first == 1_000_000)
        #expect(policy.factor == 1.5)
        #expect(policy.longest == 120_000_000)
    }

    /// Computed by an independent implementation; a change would move every test and every log's retries.
    @Test(arguments: [
        (1, [227_182, 180_484, 207_051]), (2, [320_321, 430_506, 451_523]), (3, [941_053, 815_372, 740_905]),
        (4, [1_443_647, 1_641_205, 1_340_826]),
    ])
    func `waits are the same on every machine`(attempt: Int, waits: [Int64]) {
        #expect([1, 2, 17].map { RetryPolicy().wait(afterAttempt: attempt, of: $0) } == waits)
    }

    @Test func `waits double, up to the longest, and jitter by a fifth at most`() {
        let policy = RetryPolicy()
        for position in UInt64(1)...200 {
            for attempt in 1...12 {
                let exact = min(200_000 * Int64(1 << (attempt - 1)), 30_000_000)
                let wait = policy.wait(afterAttempt: attempt, of: position)
                #expect((exact * 8 / 10...exact * 12 / 10).contains(wait))
            }
        }
    }

    @Test func `events that failed together aren't tried again together`() {
        let waits = (UInt64(1)...100).map { RetryPolicy().wait(afterAttempt: 1, of: $0) }
        #expect(Set(waits).count == 100)
    }

    @Test(arguments: [
        ("200ms", 200_000), ("5s", 5_000_000), ("15m", 900_000_000), ("1h", 3_600_000_000),
        ("2d", 172_800_000_000), ("1w", 604_800_000_000),
        ("7us", 7), ("0s", 0), ("1h30m", 5_400_000_000), ("1w2d3h4m5s6ms7us", 788_645_006_007),
    ])
    func `a duration is whole numbers with units, the largest first`(text: String, microseconds: Int64) {
        #expect(DurationText.microseconds(text) == microseconds)
    }

    @Test(arguments: [
        "", "5", "s", "ms", "1.5s", "-1s", "5 s", "5S", "30m1h", "1h1h", "1h30", "1h 30m",
        "99999999999999999999s",
        "9223372036854775807d", "15250284w9223372036854775807us",
    ])
    func `any other text is no duration`(text: String) {
        #expect(DurationText.microseconds(text) == nil)
    }
}

import EventLog
import TestSupport
import Testing

/// The checker of races finds what is wrong, and nothing else.
@Suite struct ConditionAuditTests {
    private let log = MemoryLog()

    /// Commits a frame that claims conditions which nobody checked.
    private func commit(
        _ type: String,
        _ streams: [String],
        tags: [String] = [],
        claiming conditions: [AppendCondition]
    ) async throws {
        var frame = ConditionClaim.frame(
            conditions,
            events: try streams.map { (type, try StreamName($0), tags) }
        )
        frame.conditions = []
        _ = try await log.commit(frame)
    }

    private func audited() throws -> [Position] {
        try ConditionAudit(log).breaches.map(\.position)
    }

    @Test func `two winners of one seat are found`() async throws {
        let free = AppendCondition.noEvent(
            matching: EventQuery(types: ["Taken"], tags: ["seat:7"]),
            after: 1
        )
        try await commit("Taken", ["guest-0"], tags: ["seat:7"], claiming: [])
        try await commit("Taken", ["guest-1"], tags: ["seat:8"], claiming: [free])
        try await commit("Taken", ["guest-1"], tags: ["row:1", "seat:7"], claiming: [free])
        #expect(try audited() == [])
        try await commit("Taken", ["guest-2"], tags: ["seat:7"], claiming: [free])
        try await commit("Left", ["guest-2"], tags: ["seat:7"], claiming: [free])
        #expect(try audited() == [4, 5])
    }

    @Test func `two appends that saw the same revision are found`() async throws {
        let seen = { (expected: ExpectedRevision) in
            AppendCondition.stream(try StreamName("order-1"), expected)
        }
        try await commit("Placed", ["order-1", "order-1"], claiming: [seen(.none)])
        try await commit("Paid", ["order-1"], claiming: [seen(.exactly(1)), seen(.exists), seen(.any)])
        #expect(try audited() == [])
        try await commit("Paid", ["order-1"], claiming: [seen(.exactly(1))])
        try await commit("Placed", ["order-2"], claiming: [seen(.none)])
        #expect(try audited() == [4, 5])
    }

    @Test func `the events of a frame don't count against each other, and a category is looked at`()
        async throws
    {
        let condition = AppendCondition.noEvent(matching: EventQuery(category: "order"), after: 0)
        try await commit("Placed", ["stock-1"], claiming: [condition])
        try await commit("Placed", ["order-1", "order-2", "stock-2"], claiming: [condition])
        #expect(try audited() == [])
        try await commit("Placed", ["stock-1", "stock-2"], claiming: [condition])
        #expect(try audited() == [5, 6])
    }

    @Test func `an event that claims nothing is found`() async throws {
        _ = try await log.commit(NewFrame(events: [.sample("Placed", "order-1")]))
        #expect(try audited() == [1])
    }

    @Test func `a refusal is held against what the log shows`() async throws {
        let stream = try StreamName("order-1")
        let conditions: [AppendCondition] = [
            .stream(stream, .exactly(0)), .noEvent(matching: EventQuery(types: ["Paid"]), after: 1),
        ]
        for type in ["Paid", "Placed", "Paid", "Paid"] {
            try await commit(type, ["order-1"], claiming: [])
        }
        let audit = try ConditionAudit(log)
        func justifies(_ error: EventLogError) -> Bool { audit.justifies(error, for: conditions) }
        #expect(justifies(.conditionFailed(index: 1, matching: 3)))
        #expect(!justifies(.conditionFailed(index: 1, matching: 4)))
        #expect(!justifies(.conditionFailed(index: 1, matching: 1)))
        #expect(!justifies(.conditionFailed(index: 0, matching: 3)))
        #expect(justifies(.wrongExpectedRevision(stream: stream, expected: .exactly(0), actual: 3)))
        #expect(justifies(.wrongExpectedRevision(stream: stream, expected: .exactly(0), actual: nil)))
        #expect(!justifies(.wrongExpectedRevision(stream: stream, expected: .exactly(0), actual: 0)))
        #expect(!justifies(.wrongExpectedRevision(stream: stream, expected: .exactly(0), actual: 4)))
        #expect(!justifies(.wrongExpectedRevision(stream: stream, expected: .none, actual: 1)))
        #expect(!justifies(.closed))
    }
}

import EventLog
import TestSupport

/// Writes random frames under conditions on what it saw a moment ago, which others may have changed since.
struct RandomWriter {
    let log: any EventLog

    /// A frame that was not committed, and why.
    struct Refusal {
        let error: EventLogError
        let conditions: [AppendCondition]
    }

    /// Writes so many frames; returns those that were refused for a condition.
    func write(frames: Int, _ random: inout SeededRandom) async throws -> [Refusal] {
        var refusals: [Refusal] = []
        for _ in 0..<frames {
            let conditions = try (0..<Int.random(in: 0...2, using: &random)).map { _ in
                try condition(&random)
            }
            let events = try (0..<Int.random(in: 1...3, using: &random)).map { _ in
                (
                    type: "T\(Int.random(in: 0..<3, using: &random))", stream: try stream(&random),
                    tags: some(["x", "y", "z"], &random)
                )
            }
            // Time for others to get in between.
            if Bool.random(using: &random) { await Task.yield() }
            do throws(EventLogError) {
                _ = try await log.commit(ConditionClaim.frame(conditions, events: events))
            } catch {
                guard ["condition-failed", "wrong-expected-revision"].contains(error.code) else {
                    throw error
                }
                refusals.append(Refusal(error: error, conditions: conditions))
            }
        }
        return refusals
    }

    private func condition(_ random: inout SeededRandom) throws -> AppendCondition {
        if Bool.random(using: &random) {
            let stream = try stream(&random)
            return .stream(stream, ExpectedRevision(seen: try log.revision(of: stream)))
        }
        let types = Set(some(["T0", "T1", "T2"], &random))
        let tags = Set(some(["x", "y", "z"], &random))
        let category = ["order", nil, nil].randomElement(using: &random) ?? nil
        return .noEvent(
            matching: EventQuery(types: types, tags: tags, category: category),
            after: log.lastPosition
        )
    }

    private func stream(_ random: inout SeededRandom) throws -> StreamName {
        let number = Int.random(in: 0..<12, using: &random)
        return try StreamName("\(number % 3 == 0 ? "order" : "stock")-\(number)")
    }

    private func some(_ names: [String], _ random: inout SeededRandom) -> [String] {
        names.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
    }
}

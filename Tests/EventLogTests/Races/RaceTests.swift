import EventLog
import TestSupport
import Testing

/// Many tasks that want the same at once: exactly one gets it, the others are told who did, and the log alone
/// proves it afterwards.
@Suite struct RaceTests {
    private static let tasks = 40
    private static let rounds = 1_000

    private enum Engine: String, CaseIterable {
        case memory
        case disk

        /// A log, and the folder that lives as long as it is used.
        func open() async throws -> (log: any EventLog, folder: TemporaryFolder?) {
            switch self {
            case .memory: return (MemoryLog(), nil)
            case .disk:
                let folder = try TemporaryFolder()
                let options = DiskLogOptions(segmentBytes: 50_000)
                return (
                    try await DiskLog.open(folder: folder.path, options: options, logger: .quiet), folder
                )
            }
        }
    }

    @Test(arguments: Engine.allCases)
    private func `of 40 tasks that want the same seat one gets it, a thousand times`(
        engine: Engine
    ) async throws {
        let (log, folder) = try await engine.open()
        for round in 0..<Self.rounds {
            let position = log.lastPosition
            let answers = try await withThrowingTaskGroup { group in
                for task in 0..<Self.tasks {
                    group.addTask { try await Self.take(seat: round % 3, task, after: position, log) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try #require(answers.count { $0.hasWon } == 1, "round \(round)")
            // Everybody was told of the same seat: the newest event of the log.
            try #require(Set(answers.map(\.seat)) == [log.lastPosition], "round \(round)")
        }
        #expect(try ConditionAudit(log).breaches == [])
        try await log.close()
        withExtendedLifetime(folder) {}
    }

    /// What a task was told: where the seat was taken, and whether it was by itself.
    private struct Answer {
        let hasWon: Bool
        let seat: Position
    }

    /// Takes a seat, if nobody has taken it since a position.
    private static func take(
        seat: Int,
        _ task: Int,
        after position: Position,
        _ log: any EventLog
    ) async throws -> Answer {
        let tags = ["row:1", "seat:\(seat)"]
        let condition = AppendCondition.noEvent(
            matching: EventQuery(types: ["Taken", "Given"], tags: Set(tags)),
            after: position
        )
        let guest = try StreamName("guest-\(task)")
        // Every other frame begins with an event that the condition doesn't name.
        let asked = task % 2 == 0 ? [] : [(type: "Asked", stream: guest, tags: tags)]
        let frame = ConditionClaim.frame([condition], events: asked + [("Taken", guest, tags)])
        do throws(EventLogError) {
            return Answer(hasWon: true, seat: try await log.commit(frame).lastPosition)
        } catch {
            guard case .conditionFailed(0, let winner) = error else { throw error }
            // Nobody is refused for an event that isn't there for all to see.
            #expect(log.lastPosition >= winner)
            return Answer(hasWon: false, seat: winner)
        }
    }

    @Test(arguments: Engine.allCases, 1...3)
    private func `tasks that write as they please, each with conditions, never break one`(
        engine: Engine,
        seed: UInt64
    ) async throws {
        let (log, folder) = try await engine.open()
        let refusals = try await withThrowingTaskGroup { group in
            for task in 0..<16 {
                group.addTask {
                    var random = SeededRandom(seed: seed * 1_000 + UInt64(task))
                    return try await RandomWriter(log: log).write(frames: 60, &random)
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let audit = try ConditionAudit(log)
        #expect(audit.breaches == [], "seed \(seed)")
        for refusal in refusals where !audit.justifies(refusal.error, for: refusal.conditions) {
            Issue.record("seed \(seed): \(refusal.error) for \(refusal.conditions)")
        }
        // Both kinds were met, and both were survived.
        #expect(refusals.contains { $0.error.code == "condition-failed" })
        #expect(refusals.contains { $0.error.code == "wrong-expected-revision" })
        #expect(log.lastPosition > 200)
        try await log.close()
        withExtendedLifetime(folder) {}
    }
}

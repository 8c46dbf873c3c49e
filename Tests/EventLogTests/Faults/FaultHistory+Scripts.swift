import TestSupport
import Testing

@testable import EventLog

extension FaultHistory {
    /// Opens the log on a disk that is sound again, checks it, goes on appending, and looks at what another
    /// power cut or kill leaves of that.
    func goOn(on disk: FaultyFileSystem, _ past: AcknowledgedHistory, seed: UInt64) async throws {
        var past = past
        let log = try await open(disk)
        guard log.recovery.damage == nil, log.readOnlyReason == nil else {
            throw HistoryFault("damage was found: \(log.recovery)")
        }
        try past.settle(log)
        let before = (past.count, past.acknowledgedCount)
        var random = SeededRandom(seed: seed)
        let steps: [Step] =
            Bool.random(using: &random) ? [.lost] : [.again, .lost, .keyed, .marks, .wide, .event]
        for step in steps {
            await submit(step, to: log, on: disk, &past)
        }
        guard past.count - before.0 == past.acknowledgedCount - before.1 else {
            throw HistoryFault("the log takes no more appends: \(past.refusals.sorted())")
        }
        try past.check(log)
        // Some logs aren't closed before the end comes.
        let ends = [disk, disk.processKill(), disk.powerCut(seed: seed), disk.powerCut(seed: seed + 1)]
        try await log.close()
        let next = ends.randomElement(using: &random) ?? disk
        let again = try await open(next)
        guard again.recovery.damage == nil else { throw HistoryFault("damage was found: \(again.recovery)") }
        try past.settle(again)
        try await again.close()
    }

    /// Does something that must go well; records what goes wrong, and under which fault.
    func expectSound(_ fault: @autoclosure () -> String, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            Issue.record("\(testDescription), \(fault()): \(error)")
        }
    }
}

extension FaultHistory {
    /// The histories that are gone through fault by fault.
    static let scripted: [FaultHistory] = [
        FaultHistory(
            testDescription: "frames one by one",
            steps: [.event, .wide, .keyed, .event, .marks, .again, .wide]
        ),
        FaultHistory(
            testDescription: "frames in groups",
            steps: [.event, .group(4), .group(7), .event, .group(3)]
        ),
        FaultHistory(
            testDescription: "marks alone",
            steps: [.marks, .marks, .marks, .group(5), .marks]
        ),
        FaultHistory(
            testDescription: "many segments",
            steps: [.wide, .keyed, .wide, .wide, .event, .wide, .again, .wide, .marks, .wide, .keyed],
            segmentBytes: 6_000
        ),
        FaultHistory(
            testDescription: "groups over segments",
            steps: [.group(5), .wide, .group(9), .group(6), .event],
            segmentBytes: 6_000
        ),
        FaultHistory(
            testDescription: "opened again in the middle",
            steps: [.keyed, .wide, .reopen, .again, .wide, .group(4), .reopen, .event, .reopen, .wide],
            segmentBytes: 6_000
        ),
    ]
}

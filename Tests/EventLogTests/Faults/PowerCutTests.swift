import TestSupport
import Testing

@testable import EventLog

/// The power goes, or the process is killed, after every single operation of a history.
@Suite struct PowerCutTests {
    /// The operations after which an end can make a difference; 0 is before the first.
    ///
    /// Those on files that aren't finished can be left out where there are too many: nobody reads what is in
    /// such a file, whatever it is.
    private func moments(
        _ history: FaultHistory,
        withoutUnfinished: Bool = false
    ) async throws -> [Int] {
        let disk = FaultyFileSystem()
        var past = AcknowledgedHistory()
        #expect(try await history.run(on: disk, &past) == nil)
        #expect(past.count == past.acknowledgedCount)
        return moments(disk, withoutUnfinished: withoutUnfinished)
    }

    private func moments(_ disk: FaultyFileSystem, withoutUnfinished: Bool) -> [Int] {
        let operations = disk.operations
        return [0]
            + disk.changingOperations.filter { number in
                !withoutUnfinished || !operations[number - 1].contains(" write ")
                    || !operations[number - 1].contains(".new ")
            }
    }

    /// A history up to an operation; the disk is off then.
    private func run(
        _ history: FaultHistory,
        upTo moment: Int
    ) async throws -> (FaultyFileSystem, AcknowledgedHistory) {
        let disk = FaultyFileSystem()
        disk.cutPower(afterOperation: moment)
        var past = AcknowledgedHistory()
        let error = try await history.run(on: disk, &past)
        #expect(
            error.map { ["file-error"].contains($0.code) } ?? true,
            "\(moment): \(String(describing: error))"
        )
        return (disk, past)
    }

    @Test(arguments: FaultHistory.scripted)
    func `a power cut after any operation loses nothing that was acknowledged`(
        history: FaultHistory
    ) async throws {
        for moment in try await moments(history) {
            await history.expectSound("cut after operation \(moment)") {
                let (disk, past) = try await run(history, upTo: moment)
                for seed in 0..<3 as Range<UInt64> {
                    let seed = seed + UInt64(moment) * 4
                    await history.expectSound("cut after operation \(moment), seed \(seed)") {
                        try await history.goOn(on: disk.powerCut(seed: seed), past, seed: seed)
                    }
                }
            }
        }
    }

    @Test(arguments: FaultHistory.scripted)
    func `a process that is killed after any operation loses nothing, even when the power goes later`(
        history: FaultHistory
    ) async throws {
        for moment in try await moments(history) {
            await history.expectSound("killed after operation \(moment)") {
                let (disk, past) = try await run(history, upTo: moment)
                for seed in 0..<2 as Range<UInt64> {
                    let seed = seed + UInt64(moment) * 4
                    await history.expectSound("killed after operation \(moment), seed \(seed)") {
                        try await history.goOn(on: disk.processKill(), past, seed: seed)
                    }
                }
            }
        }
    }

    @Test(arguments: FaultHistory.scripted)
    func `a second power cut after any operation of opening and going on loses nothing`(
        history: FaultHistory
    ) async throws {
        for moment in try await moments(history, withoutUnfinished: true) {
            await history.expectSound("cut after operation \(moment)") {
                let (disk, past) = try await run(history, upTo: moment)
                let seed = UInt64(moment)
                let found = disk.powerCut(seed: seed)
                try await cutAgain(found, history, past, seed: seed)
            }
        }
    }

    private func cutAgain(
        _ found: FaultyFileSystem,
        _ history: FaultHistory,
        _ past: AcknowledgedHistory,
        seed: UInt64
    ) async throws {
        let next = FaultHistory(
            testDescription: history.testDescription,
            steps: [.lost, .event],
            segmentBytes: history.segmentBytes
        )
        let whole = found.processKill()
        var pastOfWhole = past
        #expect(try await next.run(on: whole, &pastOfWhole) == nil)
        for moment in moments(whole, withoutUnfinished: true) {
            let disk = found.processKill()
            disk.cutPower(afterOperation: moment)
            await next.expectSound("seed \(seed), then cut after operation \(moment)") {
                var past = past
                _ = try await next.run(on: disk, &past)
                try await next.goOn(on: disk.powerCut(seed: seed), past, seed: seed)
            }
        }
    }

    /// A lost group whose first frame is committed once more, in its old place: behind it may still stand
    /// whole frames of that group, chained to it, which must not be taken for the next ones.
    @Test(arguments: 0..<2)
    func `frames of a lost group never come back behind the one that takes its place`(half: Int) async throws
    {
        let history = FaultHistory(testDescription: "a lost group", steps: [.event, .group(10)])
        let next = FaultHistory(testDescription: "a lost group", steps: [.lost])
        // The last write is that of the group; the flush behind it doesn't happen.
        let moment = try await moments(history).dropLast().last ?? 0
        let (disk, past) = try await run(history, upTo: moment)
        var torn = 0
        for seed in 0..<300 as Range<UInt64> where seed % 2 == half {
            await history.expectSound("seed \(seed)") {
                let found = disk.powerCut(seed: seed)
                let whole = found.processKill()
                var pastOfWhole = past
                _ = try await next.run(on: whole, &pastOfWhole)
                guard pastOfWhole.count > past.count else { return }
                torn += 1
                try await next.goOn(on: whole, pastOfWhole, seed: seed)
                for moment in whole.changingOperations.suffix(2) {
                    let disk = found.processKill()
                    disk.cutPower(afterOperation: moment)
                    var past = past
                    _ = try await next.run(on: disk, &past)
                    try await next.goOn(on: disk.powerCut(seed: seed), past, seed: seed)
                }
            }
        }
        #expect(torn > 20)
    }

    @Test func `frames that are committed at once share a flush`() async throws {
        let single = try await flushes([.event, .event, .event, .event, .event, .event])
        let group = try await flushes([.group(6)])
        // The first one goes alone, and the others gather meanwhile.
        #expect(single - group == 4)
    }

    private func flushes(_ steps: [FaultHistory.Step]) async throws -> Int {
        let disk = FaultyFileSystem()
        var past = AcknowledgedHistory()
        let history = FaultHistory(testDescription: "flushes", steps: steps)
        #expect(try await history.run(on: disk, &past) == nil)
        #expect(past.acknowledgedCount == 6)
        return disk.operations.count { $0.contains(" flush /") }
    }
}

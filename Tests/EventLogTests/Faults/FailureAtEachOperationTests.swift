import TestSupport
import Testing

@testable import EventLog

/// Each operation on a file fails, once or from then on, in each way that it can.
@Suite struct FailureAtEachOperationTests {
    /// The operations of a history, as a disk that fails nothing lists them.
    private func operations(_ history: FaultHistory) async throws -> FaultyFileSystem {
        let disk = FaultyFileSystem()
        var past = AcknowledgedHistory()
        #expect(try await history.run(on: disk, &past) == nil)
        return disk
    }

    @Test(arguments: FaultHistory.scripted, FileFault.allCases)
    func `an operation that fails loses nothing that was acknowledged`(
        history: FaultHistory,
        fault: FileFault
    ) async throws {
        let sound = try await operations(history)
        let changes = Set(sound.changingOperations)
        for (index, operation) in sound.operations.enumerated() {
            let number = index + 1
            let hasParts = operation.contains(" write /") || operation.contains(" flush /")
            // What has no parts fails as with any error of the disk.
            if fault == .shortWrite, !hasParts { continue }
            // A disk that refuses everything from one read on is the same as one that does from the change
            // behind it, and a file that isn't finished is given up whole.
            let goesOn = changes.contains(number) && !operation.contains(".new ")
            for isForGood in goesOn ? [false, true] : [false] {
                let disk = FaultyFileSystem(seed: UInt64(number))
                disk.fail(operation: number, with: fault, forGood: isForGood)
                await history.expectSound("operation \(number)\(isForGood ? " and all later ones" : "")") {
                    try await fail(history, on: disk, seed: UInt64(number))
                }
            }
        }
    }

    /// Runs a history on a disk that fails, and goes on from what that left.
    private func fail(_ history: FaultHistory, on disk: FaultyFileSystem, seed: UInt64) async throws {
        var past = AcknowledgedHistory()
        let error = try await history.run(on: disk, &past)
        if let error, !["file-error", "disk-full"].contains(error.code) {
            throw HistoryFault("opening says \(error.code): \(error)")
        }
        let unclear = past.refusals.subtracting([
            "outcome-unknown", "log-read-only", "disk-full", "file-error",
        ])
        guard unclear.isEmpty else { throw HistoryFault("commits were refused with \(unclear.sorted())") }
        guard disk.faultCount > 0 else { return }
        disk.mend()
        try await history.goOn(on: disk.processKill(), past, seed: seed)
        let found = disk.powerCut(seed: seed)
        try await history.goOn(on: found, past, seed: seed + 1)
    }

    @Test(arguments: FaultHistory.scripted.filter { $0.segmentBytes < 10_000 })
    func `a disk that is full at any size loses nothing, and a log on it goes on when there is room`(
        history: FaultHistory
    ) async throws {
        let disk = try await operations(history)
        let size = disk.paths.reduce(0) { $0 + (disk.contents(of: $1)?.count ?? 0) }
        for capacity in stride(from: 0, through: size, by: 97) {
            let disk = FaultyFileSystem(seed: UInt64(capacity))
            disk.capacity = capacity
            await history.expectSound("\(capacity) bytes") {
                var past = AcknowledgedHistory()
                let error = try await history.run(on: disk, &past)
                if let error, error.code != "disk-full" { throw error }
                disk.capacity = nil
                try await history.goOn(on: disk.processKill(), past, seed: UInt64(capacity))
            }
        }
    }

    @Test(arguments: [FileFault.ioError, .diskFull, .shortWrite])
    func `reads go on beside a log that takes no more appends`(fault: FileFault) async throws {
        let history = FaultHistory(testDescription: "reads", steps: [], segmentBytes: 6_000)
        let disk = FaultyFileSystem()
        var past = AcknowledgedHistory()
        let log = try await history.open(disk)
        for _ in 0..<4 { await history.submit(.wide, to: log, on: disk, &past) }
        #expect(past.acknowledgedCount == 4)
        disk.fail(operation: disk.operationCount + 1, with: fault)
        await history.submit(.event, to: log, on: disk, &past)
        #expect(past.acknowledgedCount == 4)
        #expect(past.refusals == ["outcome-unknown"] || past.refusals == ["disk-full"])
        try past.check(log)
        // Whether it takes appends again or not, it says so, and what it says is true.
        await history.submit(.keyed, to: log, on: disk, &past)
        #expect(past.refusals.isSubset(of: ["outcome-unknown", "disk-full", "log-read-only"]))
        #expect((log.readOnlyReason != nil) == (past.acknowledgedCount == 4))
        try past.check(log)
        try await log.close()
    }
}

import EventLog
import TestSupport
import Testing

/// 10,000 random histories on every engine and on the model.
///
/// Each case plays many, because a case costs more than a history. A failure names its seed; to play that one
/// alone, make it the only one here.
@Suite struct ModelTests {
    private static let memory = LogEngine("memory") { LogEngine.Opened(MemoryLog(clock: $0)) }

    /// Segments that end every few frames, and index files that are merged every few segments.
    ///
    /// On a disk in memory: what is tested is what the log answers, and not what the disk takes to keep it.
    private static let disk = LogEngine("disk") { clock in
        let folder = try TemporaryFolder(inMemory: true)
        var options = DiskLogOptions(segmentBytes: 5_000, groupBytesMax: 1_000)
        options.indexMergeCount = 3
        let open: @Sendable () async throws -> any EventLog = { [options] in
            try await DiskLog.open(folder: folder.path, options: options, clock: clock, logger: .quiet)
        }
        return LogEngine.Opened(try await open(), reopen: open)
    }

    @Test(arguments: 0..<8)
    func `a memory log answers 400 random histories as the model does`(part: UInt64) async throws {
        for seed in part * 400..<(part + 1) * 400 {
            try await History.play(seed, History.Turns(), on: Self.memory)
        }
    }

    @Test(arguments: 0..<8)
    func `forks of a memory log answer 600 random histories as the model does`(part: UInt64) async throws {
        for seed in 10_000 + part * 600..<10_000 + (part + 1) * 600 {
            try await History.play(seed, History.Turns(forks: true), on: Self.memory)
        }
    }

    @Test(arguments: 0..<4)
    func `a disk log answers 250 random histories as the model does, closing and opening included`(
        part: UInt64
    ) async throws {
        for seed in 20_000 + part * 250..<20_000 + (part + 1) * 250 {
            try await History.play(seed, History.Turns(closesAndOpens: true), on: Self.disk)
        }
    }

    @Test(arguments: 0..<4)
    func `forks of a disk log answer 250 random histories as the model does`(part: UInt64) async throws {
        for seed in 30_000 + part * 250..<30_000 + (part + 1) * 250 {
            try await History.play(seed, History.Turns(closesAndOpens: true, forks: true), on: Self.disk)
        }
    }
}

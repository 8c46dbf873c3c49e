import EventLog
import TestSupport
import Testing

@Suite struct ContractTests {
    static let engines = [
        LogEngine("memory") { clock in (log: MemoryLog(clock: clock), reopen: nil) },
        LogEngine("disk") { clock in try await disk(DiskLogOptions(), clock) },
        LogEngine("disk with tiny segments") { clock in
            try await disk(DiskLogOptions(segmentBytes: 6_000, groupBytesMax: 2_000), clock)
        },
    ]

    private static func disk(
        _ options: DiskLogOptions,
        _ clock: @escaping LogClock.Reading
    ) async throws -> LogEngine.Opened {
        let folder = try TemporaryFolder()
        let open: @Sendable () async throws -> any EventLog = {
            try await DiskLog.open(folder: folder.path, options: options, clock: clock, logger: .quiet)
        }
        return (log: try await open(), reopen: open)
    }

    @Test(arguments: engines, EventLogContract.sentences)
    func `every engine keeps the contract`(
        engine: LogEngine,
        sentence: EventLogContract.Sentence
    ) async throws {
        try await sentence.check(on: engine)
    }
}

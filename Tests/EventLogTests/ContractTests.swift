import EventLog
import TestSupport
import Testing

@Suite struct ContractTests {
    static let engines = [
        LogEngine("memory") { LogEngine.Opened(MemoryLog(clock: $0)) },
        LogEngine("disk") { try await disk(DiskLogOptions(), $0) },
        LogEngine("disk with tiny segments") { try await disk(tiny, $0) },
        LogEngine("fork of a memory log") { clock in
            let base = MemoryLog(clock: clock)
            try await fill(base)
            return LogEngine.Opened(try base.fork(at: 0), over: base)
        },
        LogEngine("fork of a memory log that goes on") { clock in
            let base = MemoryLog(clock: clock)
            let fork = try base.fork(at: .max)
            try await fill(base)
            return LogEngine.Opened(fork, over: base)
        },
        LogEngine("fork with a time of its own") { clock in
            let base = MemoryLog(clock: { 0 })
            try await fill(base)
            return LogEngine.Opened(try MemoryLog(forking: base, at: 0, clock: clock), over: base)
        },
        LogEngine("fork of a disk log with tiny segments") { clock in
            let base = try await disk(tiny, clock)
            try await fill(base.log)
            return LogEngine.Opened(try base.log.fork(at: 0), over: base)
        },
    ]

    private static let tiny: DiskLogOptions = {
        var options = DiskLogOptions(segmentBytes: 6_000, groupBytesMax: 2_000)
        options.indexMergeCount = 3
        return options
    }()

    /// Gives the base of a fork at 0 the very names that the contract uses, so that it would show if the fork
    /// saw any of it.
    private static func fill(_ base: any EventLog) async throws {
        let keys = ["k"] + (0..<3).map { "try-\($0)" }
        for number in 0..<40 as Range<Position> {
            let lane = Int(number % 3)
            let from = number / 3 * 5
            var frame = NewFrame(
                marks: ["p", "q", "A"].map {
                    MarkMove(processor: $0, lane: lane, from: from, to: from + 5)
                },
                idempotencyKey: number < 4 ? keys[Int(number)] : nil
            )
            for stream in ["order-\(number % 4)", "stock-1", "guest-\(number)", "course-9"] {
                let tags = ["t", "c", "even", "odd", "seat:\(number)", "student:7"]
                for type in ["A", "Taken"] {
                    frame.events.append(try .sample(type, stream, data: "{\"base\":1}", tags: tags))
                }
            }
            _ = try await base.commit(frame)
        }
    }

    private static func disk(
        _ options: DiskLogOptions,
        _ clock: @escaping LogClock.Reading
    ) async throws -> LogEngine.Opened {
        let folder = try TemporaryFolder()
        let open: @Sendable () async throws -> any EventLog = {
            try await DiskLog.open(folder: folder.path, options: options, clock: clock, logger: .quiet)
        }
        return LogEngine.Opened(try await open(), reopen: open)
    }

    @Test(arguments: engines, EventLogContract.sentences)
    func `every engine keeps the contract`(
        engine: LogEngine,
        sentence: EventLogContract.Sentence
    ) async throws {
        try await sentence.check(on: engine)
    }
}

import EventLog
import Foundation
import Logging

/// One large log, built once, and what it is to live with it: growth, reopening, memory, reads, appends.
struct LargeLogBench {
    let quick: Bool
    let plan: Rounds.Plan
    let leftovers: Leftovers

    private var events: Int { quick ? 1_000_000 : 10_000_000 }

    /// The names say ten million; a quick run has to say what it really had.
    private var size: String {
        quick ? "quick: 1,000,000 events instead of 10,000,000" : "10,000,000 events"
    }

    private var tenth: String { quick ? "100,000 events" : "million events" }

    /// Times that each kind of reopening is measured.
    private static let reopenings = 3

    /// Room that the log takes on the disk for each event, with its indexes, and some to spare.
    private static let diskBytesPerEvent = 500

    /// Measures, and shows each number once it is there.
    func run(_ show: (BenchResult) -> Void) async throws {
        try await leftovers.withFolder("large") { folder in
            try checkSpace(in: folder)
            let probe = LogProbeProcess(folder: folder, leftovers: leftovers)
            let filled = try await probe.run(append: events, ending: .killed)
            show(growth(filled))
            show(try await killed(probe))
            show(try await clean(probe))
            show(try await resident(probe))
            let log = try await DiskLog.open(folder: folder.path + "/data", logger: Logger(label: "bench"))
            let read = ReadBench(plan: plan, log: log, folder: folder, size: size)
            show(try await read.all())
            show(try await read.twenty("read-stream-20", .single))
            show(try await read.twenty("read-stream-20-bulk", .bulk))
            try await appends(log, folder, show)
            try await log.close()
        }
    }

    /// A disk that fills up in the middle would be told as a failure of the log.
    private func checkSpace(in folder: BenchFolder) throws {
        let needed = events * Self.diskBytesPerEvent + (1 << 30)
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: folder.path)
        guard let free = (attributes[.systemFreeSize] as? NSNumber)?.intValue, free < needed else { return }
        throw BenchError(
            "the suite log needs \(needed >> 20) MiB of disk, and \(folder.path) has \(free >> 20) MiB free; "
                + "make room, run it in a folder of another disk, or use --quick"
        )
    }

    private func growth(_ report: LogProbe.Report) -> BenchResult {
        BenchResult(
            name: "append-growth-10m",
            value: report.lastRate,
            unit: "events/s",
            baseline: "the first \(tenth) of the same log",
            baselineValue: report.firstRate,
            note: "the last \(tenth); 1 M streams, batches of 1,000 through one caller, which makes the "
                + "events meanwhile; \(size)",
            target: .share(atLeast: 0.9)
        )
    }

    /// Each round opens what the one before left when it was killed; then it appends and is killed itself.
    private func killed(_ probe: LogProbeProcess) async throws -> BenchResult {
        try await reopening("reopen-killed-10m", probe, atMost: 1.5, "after kill -9 during appends") {
            try await probe.run(append: LargeLogEvents.frame, ending: .killed)
        }
    }

    private func clean(_ probe: LogProbeProcess) async throws -> BenchResult {
        // Turns the log that was killed into one that was closed.
        _ = try await probe.run(append: LargeLogEvents.frame, ending: .closed)
        return try await reopening("reopen-clean-10m", probe, atMost: 0.3, "after a close in order") {
            try await probe.run(ending: .closed)
        }
    }

    private func reopening(
        _ name: String,
        _ probe: LogProbeProcess,
        atMost limit: Double,
        _ what: String,
        _ open: () async throws -> LogProbe.Report
    ) async throws -> BenchResult {
        var rounds = Rounds()
        var bytes = 0
        for _ in 0..<Self.reopenings {
            let full = try SegmentBytes.fullest(in: probe.folder.path + "/data/log")
            bytes = full.used
            let baseline = try checking(full)
            rounds.add(try await open().openSeconds, baseline: baseline)
        }
        return BenchResult(
            name: name,
            value: rounds.median,
            unit: "s",
            baseline: "reading a full segment and its CRC32C",
            baselineValue: rounds.baselineMedian,
            note: "lower is better; \(what), in a fresh process, files cached, a full segment is "
                + "\(bytes >> 20) MiB; \(size); \(rounds.spread)",
            target: quick ? nil : .value(atMost: limit)
        )
    }

    private func checking(_ segment: SegmentBytes) throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        var checksum: UInt32 = 0
        try segment.read { checksum = Checksum.extend(checksum, over: $0) }
        return Rounds.seconds(start.duration(to: clock.now))
    }

    /// Of a fresh process: before it opens the log, with the log open, and after all of it was read.
    private func resident(_ probe: LogProbeProcess) async throws -> BenchResult {
        let report = try await probe.run(read: true, ending: .closed)
        guard let read = report.memoryRead, report.eventsRead >= events else {
            throw BenchError("\(report.eventsRead) of \(events) events could be read")
        }
        func megabytes(_ value: Double) -> String { "\(Int(value.rounded())) MB" }
        return BenchResult(
            name: "resident-10m",
            value: read.anonymous,
            unit: "MB",
            baseline: "the same process before it opened the log",
            baselineValue: report.memoryBefore.anonymous,
            note: "lower is better; RssAnon after all was read; after opening "
                + "\(megabytes(report.memoryOpened.anonymous)); peak of all resident pages (VmHWM) "
                + "\(megabytes(report.memoryOpened.peak)) after opening, \(megabytes(read.peak)) after "
                + "reading; \(size)"
        )
    }

    /// The appends of the small logs again, over a million streams and on top of all those events.
    private func appends(_ log: DiskLog, _ folder: BenchFolder, _ show: (BenchResult) -> Void) async throws {
        let append = AppendBench(plan: plan)
        let large = LargeLogEvents(count: events)
        for (name, eventsPerCommit, count, some) in [
            ("append-1-per-flush-1m", 1, 50_000, "50,000"),
            ("append-100-per-commit-1m", 100, 2_000, "200,000"),
        ] {
            let frames = try large.frames(of: eventsPerCommit, count: count)
            let loop = try await CommitLoop(log, frames, in: folder)
            let streams = "\(some) of 1 M streams, in a log of that many (\(size))"
            show(try await append.oneCaller(name, loop, streams: streams))
        }
    }
}

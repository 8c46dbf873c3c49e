import EventLog
import Foundation
import Logging

/// What a fresh process finds when it opens a log: time, memory, and how fast the log then grows.
///
/// A process of its own, since memory that a process has once had says nothing about what it needs, and since
/// nothing else can be killed as `kill -9` does. Run by `LogProbeProcess`.
struct LogProbe {
    let folder: String
    let append: Int
    let read: Bool

    /// What it found.
    struct Report: Codable {
        var openSeconds = 0.0
        var memoryBefore: ProcessUse.Memory
        var memoryOpened: ProcessUse.Memory
        var memoryRead: ProcessUse.Memory?
        var eventsRead = 0

        /// Events a second of the first and of the last tenth that was appended.
        var firstRate = 0.0
        var lastRate = 0.0
    }

    /// Tells the report as a line of JSON, then leaves the log open until standard input ends.
    func run() async throws {
        var memory = try ProcessUse.Memory.now()
        var report = Report(memoryBefore: memory, memoryOpened: memory)
        let clock = ContinuousClock()
        let start = clock.now
        let log = try await DiskLog.open(folder: folder, logger: Logger(label: "bench"))
        report.openSeconds = Rounds.seconds(start.duration(to: clock.now))
        memory = try ProcessUse.Memory.now()
        report.memoryOpened = memory
        if append > 0 { try await fill(log, &report) }
        if read {
            try LogPages(log).readAll { batch in report.eventsRead += batch.events.count }
            report.memoryRead = try ProcessUse.Memory.now()
        }
        Console.standardOutput.line(String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
        var byte: UInt8 = 0
        while Foundation.read(STDIN_FILENO, &byte, 1) > 0 {}
        try await log.close()
    }

    /// Appends through one caller, a full frame at a time; the making of the events is timed too.
    private func fill(_ log: DiskLog, _ report: inout Report) async throws {
        let events = LargeLogEvents(count: append)
        let part = append / events.parts
        let clock = ContinuousClock()
        var seconds: [Double] = []
        for start in stride(from: 0, to: append, by: part) {
            let begin = clock.now
            for first in stride(from: start, to: start + part, by: LargeLogEvents.frame) {
                _ = try await log.commit(try events.frame(from: first))
            }
            seconds.append(Rounds.seconds(begin.duration(to: clock.now)))
            if events.parts > 1 { try await appendSingles(log, events) }
        }
        let tenth = max(1, events.parts / 10)
        report.firstRate = Double(tenth * part) / seconds.prefix(tenth).reduce(0, +)
        report.lastRate = Double(tenth * part) / seconds.suffix(tenth).reduce(0, +)
    }

    /// One event for each stream of single events, not timed; the callers share flushes.
    private func appendSingles(_ log: DiskLog, _ events: LargeLogEvents) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<LargeLogEvents.twenties {
                let frame = try events.single(number)
                group.addTask { _ = try await log.commit(frame) }
            }
            try await group.waitForAll()
        }
    }
}

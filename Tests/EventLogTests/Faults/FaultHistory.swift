import Logging
import TestSupport
import Testing

@testable import EventLog

/// What a test does to a log while the disk under it fails: steps, each of which can be done whatever became
/// of those before it.
struct FaultHistory: Sendable, CustomTestStringConvertible {
    /// One thing to do.
    enum Step: Sendable {
        /// A frame of one small event and a mark.
        case event
        /// One of several large events, over more than one sector.
        case wide
        /// One of a small event with an idempotency key and a mark.
        case keyed
        /// One with marks and no events.
        case marks
        /// The newest frame with a key, once more.
        case again
        /// The first frame that the last fault has lost, once more: it takes its old place on the disk, and
        /// what stood behind it then must not come back.
        case lost
        /// So many frames at once.
        case group(Int)
        /// Closing and opening.
        case reopen
    }

    let testDescription: String
    let steps: [Step]
    /// Small, since zeros are written and read ahead up to it.
    var segmentBytes = 16_000

    /// The streams that events go to.
    static let streams = ["order-0", "order-1", "order-2", "case-0"]
    static let folder = "/data"
    /// The same every time, so that a seed gives the same bytes.
    static let identity = LogIdentity(id: EventID(high: 7, low: 7), scriptSeed: 7)

    /// Opens the log on a disk, as every test does.
    func open(_ disk: FaultyFileSystem) async throws(EventLogError) -> DiskLog {
        var options = DiskLogOptions(segmentBytes: segmentBytes, newIdentity: Self.identity)
        options.fileSystem = disk
        options.background = .inline
        options.indexMergeCount = 3
        let time = AcknowledgedHistory.time
        return try await DiskLog.open(folder: Self.folder, options: options, clock: { time }, logger: .quiet)
    }

    /// Does all steps, or those until the log can't be opened; returns the error of that.
    ///
    /// - Throws: `HistoryFault` when the log holds what it must not.
    func run(
        on disk: FaultyFileSystem,
        _ past: inout AcknowledgedHistory
    ) async throws -> EventLogError? {
        do {
            var log = try await open(disk)
            guard try await settle(log, on: disk, &past) else { return nil }
            for step in steps {
                if case .reopen = step {
                    try await log.close()
                    log = try await open(disk)
                    guard try await settle(log, on: disk, &past) else { return nil }
                } else {
                    await submit(step, to: log, on: disk, &past)
                }
            }
            try await log.close()
            return nil
        } catch let error as EventLogError {
            return error
        }
    }

    /// Checks a log that was opened; false, the log closed, when a planned fault doesn't let it be read.
    private func settle(
        _ log: DiskLog,
        on disk: FaultyFileSystem,
        _ past: inout AcknowledgedHistory
    ) async throws -> Bool {
        do {
            guard log.recovery.damage == nil else { throw HistoryFault("damage was found: \(log.recovery)") }
            try past.settle(log)
            return true
        } catch let error as EventLogError {
            guard disk.faultCount > 0 || disk.isOff else { throw error }
            try await log.close()
            return false
        }
    }

    /// Does a step other than reopening.
    func submit(
        _ step: Step,
        to log: DiskLog,
        on disk: FaultyFileSystem,
        _ past: inout AcknowledgedHistory
    ) async {
        do {
            switch step {
            case .group(let count):
                var frames: [NewFrame] = []
                var marks: [Int: Position] = [:]
                for number in 0..<count {
                    let kinds: [Step] = [.keyed, .wide, .event, .keyed, .marks]
                    let frame = try Self.frame(kinds[number % kinds.count], past.count + number, past, marks)
                    for mark in frame.marks { marks[mark.lane] = mark.to }
                    frames.append(frame)
                }
                await past.submit(frames, to: log, on: disk)
            case .again:
                if let frame = past.newestKeyed { await past.submit(frame, to: log) }
            case .lost:
                if let frame = past.lost.first { await past.submit(frame, to: log) }
            case .reopen: break
            default: await past.submit(try Self.frame(step, past.count, past, [:]), to: log)
            }
        } catch {
            Issue.record("a frame that no log takes: \(error)")
        }
    }

    /// A frame whose number is in all of its events.
    private static func frame(
        _ kind: Step,
        _ number: Int,
        _ past: AcknowledgedHistory,
        _ moved: [Int: Position]
    ) throws -> NewFrame {
        var frame = NewFrame()
        let isWide = if case .wide = kind { true } else { false }
        switch kind {
        case .keyed:
            // In a lane of its own, so that it can be submitted again whatever became of those around it.
            frame.idempotencyKey = "key-\(number)"
            frame.marks = [
                MarkMove(processor: AcknowledgedHistory.processor, lane: number + 9, from: 0, to: 1)
            ]
        case .marks, .event:
            let lane = number % 3
            let from = moved[lane] ?? past.mark(of: lane)
            frame.marks = [
                MarkMove(processor: AcknowledgedHistory.processor, lane: lane, from: from, to: from + 1)
            ]
            if case .marks = kind { return frame }
        default: break
        }
        for part in 0..<(isWide ? 4 : 1) {
            frame.events.append(
                try .sample(
                    "T\(number % 3)",
                    streams[(number + part) % streams.count],
                    data: "\(number).\(part) " + String(repeating: "x", count: isWide ? 300 : number % 40),
                    tags: ["n:\(number % 4)"]
                )
            )
        }
        return frame
    }
}

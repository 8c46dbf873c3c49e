import EventLog
import Foundation
import Logging

/// The suite `log`: durable appends against the disk's own limit.
struct LogBench {
    let quick: Bool

    /// Different frames that are committed in turns.
    private static let frames = 200

    func run() async throws -> [BenchResult] {
        [
            try await append("append-1-per-flush", eventsPerCommit: 1),
            try await append("append-100-per-commit", eventsPerCommit: 100),
        ]
    }

    /// One caller that waits for each commit, in turns with the raw file.
    private func append(_ name: String, eventsPerCommit: Int) async throws -> BenchResult {
        try await BenchFolder.with(name) { folder in
            let log = try await DiskLog.open(folder: folder.path + "/data", logger: Logger(label: "bench"))
            let raw = try RawFile(path: folder.path + "/raw")
            // Made beforehand: making an event is the caller's work, not the log's.
            let frames = try (0..<Self.frames).map { frame in
                NewFrame(
                    events: try (0..<eventsPerCommit).map { event in
                        try SampleEvents.event(frame * eventsPerCommit + event)
                    }
                )
            }
            var number = 0
            func commit() async throws -> Int {
                _ = try await log.commit(frames[number % frames.count])
                number += 1
                return eventsPerCommit
            }
            let bytes = try await bytesPerCommit(in: folder.path + "/data/log", commit)
            let same = (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let plan = Rounds.Plan(quick: quick)
            var rounds = Rounds()
            for _ in 0..<plan.count {
                let limit = try await Rounds.rate(for: plan.turn) {
                    try raw.append(same)
                    return eventsPerCommit
                }
                rounds.add(try await Rounds.rate(for: plan.turn, commit), baseline: limit)
            }
            try await log.close()
            return BenchResult(
                name: name,
                value: rounds.median,
                unit: "events/s",
                baseline: "raw pwrite+fdatasync",
                baselineValue: rounds.baselineMedian,
                note: "\(bytes) bytes a commit, \(rounds.spread)"
            )
        }
    }

    /// What a commit writes, seen by how the log's files grow; also the warm-up.
    private func bytesPerCommit(in folder: String, _ commit: () async throws -> Int) async throws -> Int {
        let commits = 50
        _ = try await commit()
        let before = try size(of: folder)
        for _ in 0..<commits { _ = try await commit() }
        return max(1, (try size(of: folder) - before) / commits)
    }

    private func size(of folder: String) throws -> Int {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        return try names.reduce(0) { sum, name in
            let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)
            return sum + (attributes[.size] as? Int ?? 0)
        }
    }
}

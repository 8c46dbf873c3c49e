import EventLog
import Foundation
import TestSupport

@testable import EndlessWriter

/// A log whose writers are killed, one after the other, on one folder.
struct KilledLog {
    private static let segmentSizes = [20_000, 60_000, 200_000]

    private let folder: TemporaryFolder
    private let segmentBytes: Int
    private let seed: UInt64
    private var random: SeededRandom
    private var plan = PlannedLog()

    /// Frames that somebody was told are there: by a writer that had committed them, or by an opened log.
    private var acknowledged: Set<Int> = []

    /// What the last writer left, torn.
    private var remains = TornTail.Remains()

    /// How many frames were torn away again.
    private(set) var tornFrames = 0

    /// Segments at the end.
    private(set) var segments = 0

    init(seed: UInt64) throws {
        self.seed = seed
        random = SeededRandom(seed: seed)
        folder = try TemporaryFolder()
        segmentBytes = Self.segmentSizes[Int(seed % UInt64(Self.segmentSizes.count))]
    }

    /// Kills so many writers, and looks at what each leaves behind.
    mutating func run(loops: Int) async throws {
        for loop in 0..<loops {
            let before = folder.path + "-before"
            do {
                try await loopOnce(copyingTo: before, isLast: loop == loops - 1)
            } catch {
                throw KillFailure(
                    "\(error)\nseed \(seed), loop \(loop); the files as they were before opening: \(before)"
                )
            }
            try FileManager.default.removeItem(atPath: before)
        }
        segments = try Set(FramesOnDisk(folder: folder.path("log")).frames.map(\.segment)).count
    }

    private mutating func loopOnce(copyingTo copy: String, isLast: Bool) async throws {
        let said = try await WriterProcess.live(
            in: folder.path,
            segmentBytes: segmentBytes,
            until: moment()
        )
        acknowledged.formUnion(said)
        remains = try tear()
        let left = remains.numbers
        if !left.isEmpty { try DerivedFiles(folder: folder.path).spoil(&random) }
        try FileManager.default.copyItem(atPath: folder.path, toPath: copy)
        // Now and then the next writer is the first to see what is left.
        guard isLast || Int.random(in: 0..<5, using: &random) > 0 else { return }
        try KillFailure.unless(acknowledged.isSubset(of: left), "lost on the disk already")
        try plan.checkOrder(left)
        let log = try await DiskLog.open(
            folder: folder.path,
            options: DiskLogOptions(segmentBytes: segmentBytes),
            logger: .quiet
        )
        try KillFailure.unless(log.readOnlyReason == nil && log.recovery.damage == nil, "\(log.recovery)")
        try plan.check(log, holds: left, &random)
        try await log.close()
        acknowledged = Set(left)
    }

    /// Mostly behind some frames; sometimes while the log is opened, or before anything was done.
    private mutating func moment() -> WriterProcess.Moment {
        let lines =
            switch Int.random(in: 0..<9, using: &random) {
            case _ where remains.hasFramesBehind:
                // As soon as a first new frame may have been written: it stands before those that were torn
                // off, and if they had been left there they would be met at the next opening.
                1 + remains.numbers.count % PlannedFrame.lanes
            case 0: Int.random(in: 0...1, using: &random)
            case 1: 200
            default: 1 + Int.random(in: 1...40, using: &random)
            }
        let most = remains.hasFramesBehind ? 2_500 : Bool.random(using: &random) ? 0 : 6_000
        let pause = Int.random(in: 0...most, using: &random)
        return WriterProcess.Moment(lines: lines, pause: .microseconds(pause))
    }

    private mutating func tear() throws -> TornTail.Remains {
        guard FileManager.default.fileExists(atPath: folder.path("log")) else { return .init() }
        let disk = try FramesOnDisk(folder: folder.path("log"))
        guard let tail = TornTail(disk, acknowledged: acknowledged) else { return .init() }
        let remains = try tail.tear(&random)
        tornFrames += disk.frames.filter { $0.number != nil }.count - remains.numbers.count
        return remains
    }
}

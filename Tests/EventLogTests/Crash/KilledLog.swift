import EventLog
import Foundation
import TestSupport

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
        let left = try tear()
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
        let pause = Duration.microseconds(Int.random(in: 0...6_000, using: &random))
        let lines =
            switch Int.random(in: 0..<8, using: &random) {
            case 0: Int.random(in: 0...1, using: &random)
            case 1...2: 200
            default: 1 + Int.random(in: 1...40, using: &random)
            }
        return WriterProcess.Moment(lines: lines, pause: pause)
    }

    /// Tears what the writer left; the numbers of the frames that are still there.
    private mutating func tear() throws -> [Int] {
        guard FileManager.default.fileExists(atPath: folder.path("log")) else {
            return []
        }
        let disk = try FramesOnDisk(folder: folder.path("log"))
        guard let tail = TornTail(disk, acknowledged: acknowledged) else { return [] }
        let left = try tail.tear(&random)
        tornFrames += disk.frames.filter { $0.number != nil }.count - left.count
        return left
    }
}

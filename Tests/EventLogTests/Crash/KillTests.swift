import Foundation
import Testing

/// `kill -9`, at any moment, again and again, on real files, with torn tails in between: nothing that was
/// acknowledged is lost, and what else is there is whole.
///
/// `scripts/kill-loops` runs many more of these loops, with other seeds.
@Suite struct KillTests {
    private static let lanes = 4
    private static let loopsOfOneLog = 25

    private static let loops = setting("PERILUNE_KILL_LOOPS")
    private static let seed = UInt64(setting("PERILUNE_KILL_SEED") ?? 1)

    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    @Test(arguments: 0..<lanes)
    func `a log outlives every kill with all that was acknowledged`(lane: Int) async throws {
        var left = (Self.loops ?? 200) / Self.lanes
        var seed = Self.seed &* 1_000_003 &+ UInt64(lane)
        while left > 0 {
            var log = try KilledLog(seed: seed)
            let loops = min(left, Self.loopsOfOneLog)
            try await log.run(loops: loops)
            left -= loops
            if Self.loops != nil {
                print(
                    "seed \(seed): \(loops) kills, \(log.segments) segments,",
                    "\(log.tornFrames) frames torn away; \(left) kills left on lane \(lane)"
                )
            }
            seed &+= UInt64(Self.lanes)
        }
    }
}

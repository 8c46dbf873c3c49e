import TestSupport
import Testing

@testable import EventLog

/// Random histories with random faults, one after the other on the same disk; the seed is the test's
/// argument.
@Suite struct RandomFaultTests {
    @Test(arguments: 0..<300 as Range<UInt64>)
    func `a random history with random faults loses nothing`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        var disk = FaultyFileSystem(seed: seed)
        var past = AcknowledgedHistory()
        let segmentBytes = [5_000, 6_000, 9_000, 30_000].randomElement(using: &random) ?? 0
        var story: [String] = []
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            let history = FaultHistory(
                testDescription: "seed \(seed)",
                steps: steps(&random),
                segmentBytes: segmentBytes
            )
            story.append(plan(on: disk, &random))
            do {
                let error = try await history.run(on: disk, &past)
                if let error { story.append(error.code) }
            } catch {
                Issue.record("seed \(seed), \(story): \(error)")
                return
            }
            let isPowerCut = disk.isOff || Bool.random(using: &random)
            story.append(isPowerCut ? "power cut" : "kill")
            disk.mend()
            disk.capacity = nil
            disk = isPowerCut ? disk.powerCut(seed: random.next()) : disk.processKill()
        }
        let end = FaultHistory(testDescription: "seed \(seed)", steps: [], segmentBytes: segmentBytes)
        await end.expectSound("\(story)") { try await end.goOn(on: disk, past, seed: seed) }
    }

    private func steps(_ random: inout SeededRandom) -> [FaultHistory.Step] {
        [.lost]
            + (0..<Int.random(in: 0...20, using: &random)).map { _ in
                switch Int.random(in: 0..<14, using: &random) {
                case 0: .reopen
                case 1...2: .group(.random(in: 2...12, using: &random))
                case 3...5: .wide
                case 6...8: .keyed
                case 9: .again
                case 10...11: .marks
                default: .event
                }
            }
    }

    /// Plans what goes wrong, and says so.
    private func plan(on disk: FaultyFileSystem, _ random: inout SeededRandom) -> String {
        let number = Int.random(in: 1...90, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return "nothing"
        case 1...2:
            disk.cutPower(afterOperation: number)
            return "off after \(number)"
        case 3:
            let used = disk.paths.reduce(0) { $0 + (disk.contents(of: $1)?.count ?? 0) }
            disk.capacity = used + .random(in: 0...12_000, using: &random)
            return "full"
        default:
            let fault = FileFault.allCases.randomElement(using: &random) ?? .ioError
            let isForGood = Int.random(in: 0..<3, using: &random) == 0
            disk.fail(operation: number, with: fault, forGood: isForGood)
            return "\(fault) at \(number)\(isForGood ? " and later" : "")"
        }
    }
}

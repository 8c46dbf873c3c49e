import Foundation
import TestSupport

/// What a power cut may do to a log whose process was killed: nothing that was flushed, and anything to the
/// sectors of the one write that was in flight.
struct TornTail {
    /// A write reaches the disk in pieces of this size, in any order.
    private static let sectorBytes = 512

    /// Where the tearing may begin: behind all that was acknowledged, and behind all earlier writes.
    ///
    /// The group in flight is the last one: it was written because the ones before it had been flushed.
    private let start: Int
    private let path: String
    private let bytes: [UInt8]
    private let frames: [FramesOnDisk.Frame]

    /// The tail of a log; nil when there is no log yet.
    init?(_ disk: FramesOnDisk, acknowledged: Set<Int>) {
        guard let newest = disk.newest else { return nil }
        (path, bytes) = (newest.path, newest.bytes)
        frames = disk.frames
        let here = disk.frames.filter { $0.segment == newest.path }
        let promised = here.last { $0.number.map(acknowledged.contains) ?? false }?.range.upperBound
        let lastGroup = here.first { $0.group == here.last?.group }?.range.lowerBound
        start = max(newest.headerLength, promised ?? 0, lastGroup ?? 0)
    }

    /// What tearing left.
    struct Remains {
        /// The numbers of the frames that the log still holds, in order.
        var numbers: [Int] = []
        /// Whether whole frames stand behind the tear, which the log must never meet again.
        var hasFramesBehind = false
    }

    /// Tears the file, or leaves it as it is.
    func tear(_ random: inout SeededRandom) throws -> Remains {
        let torn: [UInt8]
        switch Int.random(in: 0..<7, using: &random) {
        case 0: torn = bytes
        case 1:
            // Files grow by less than they hold, and zeros behind the last frame are not worth cutting often.
            let end = min(bytes.count, (frames.last?.range.upperBound ?? start) + 2 * Self.sectorBytes)
            torn = Array(bytes[..<Int.random(in: start...max(start, end), using: &random)])
        case 2...3:
            // The first sectors alone: what was written behind them is whole, and must be gone all the same.
            let count = Int.random(in: 1...3, using: &random)
            torn = tearSectors(share: 10, through: start + count * Self.sectorBytes, &random)
        default:
            let end = (frames.last?.range.upperBound ?? start) + Int.random(in: 0...4_096, using: &random)
            torn = tearSectors(share: Int.random(in: 1...9, using: &random), through: end, &random)
        }
        if torn != bytes { try Data(torn).write(to: URL(fileURLWithPath: path)) }
        let firstChange = (start..<min(bytes.count, torn.count)).first { bytes[$0] != torn[$0] } ?? torn.count
        let kept = frames.filter { $0.segment != path || $0.range.upperBound <= firstChange }
        let behind = frames.dropFirst(kept.count).filter {
            $0.range.upperBound <= torn.count && torn[$0.range] == bytes[$0.range]
        }
        return Remains(numbers: kept.compactMap(\.number), hasFramesBehind: !behind.isEmpty)
    }

    /// Puts so many tenths of the sectors back to zeros, or to anything.
    private func tearSectors(share: Int, through end: Int, _ random: inout SeededRandom) -> [UInt8] {
        var torn = bytes
        let isZero = Bool.random(using: &random)
        var sector = start / Self.sectorBytes * Self.sectorBytes
        while sector < end {
            let range = max(sector, start)..<sector + Self.sectorBytes
            sector = range.upperBound
            guard Int.random(in: 0..<10, using: &random) < share else { continue }
            if torn.count < range.upperBound {
                torn += [UInt8](repeating: 0, count: range.upperBound - torn.count)
            }
            for place in range { torn[place] = isZero ? 0 : UInt8.random(in: 0...255, using: &random) }
        }
        return torn
    }
}

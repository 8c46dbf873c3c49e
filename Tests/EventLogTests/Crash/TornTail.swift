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

    /// Tears the file, or leaves it as it is; returns the numbers of the frames that are still whole, in
    /// order.
    func tear(_ random: inout SeededRandom) throws -> [Int] {
        let torn: [UInt8]
        switch Int.random(in: 0..<6, using: &random) {
        case 0: torn = bytes
        case 1:
            // Files grow by less than they hold, and zeros behind the last frame are not worth cutting often.
            let end = min(bytes.count, (frames.last?.range.upperBound ?? start) + 2 * Self.sectorBytes)
            torn = Array(bytes[..<Int.random(in: start...max(start, end), using: &random)])
        default: torn = tearSectors(&random)
        }
        if torn != bytes { try Data(torn).write(to: URL(fileURLWithPath: path)) }
        let firstChange = (start..<min(bytes.count, torn.count)).first { bytes[$0] != torn[$0] } ?? torn.count
        return frames.filter { $0.segment != path || $0.range.upperBound <= firstChange }.compactMap(\.number)
    }

    private func tearSectors(_ random: inout SeededRandom) -> [UInt8] {
        var torn = bytes
        let share = Int.random(in: 1...9, using: &random)
        let isZero = Bool.random(using: &random)
        let end = (frames.last?.range.upperBound ?? start) + Int.random(in: 0...4_096, using: &random)
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

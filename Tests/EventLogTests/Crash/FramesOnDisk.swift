import EndlessWriter
import Foundation

@testable import EventLog

/// The whole frames that the files of a log hold, found without opening it.
struct FramesOnDisk {
    struct Frame {
        let segment: String
        let range: Range<Int>
        let group: UInt64
        /// The number that its mark tells; nil for a frame that ends a segment.
        let number: Int?
    }

    /// In order of the log.
    private(set) var frames: [Frame] = []

    /// The newest segment's file; nil when there is none.
    private(set) var newest: (path: String, bytes: [UInt8], headerLength: Int)?

    /// Walks all segments of a folder; in each, up to the first thing that is no whole frame.
    init(folder: String) throws {
        let names = (try FileManager.default.contentsOfDirectory(atPath: folder)).sorted()
        for name in names where name.hasSuffix(".log") { try add("\(folder)/\(name)") }
    }

    private mutating func add(_ path: String) throws {
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        let found = try bytes.withRawBytes { raw in
            let header = try SegmentHeader(raw)
            var frames: [Frame] = []
            var offset = header.length
            while let frame = Self.frame(raw, offset, path, Checksum.seed(of: header.identity.id)) {
                frames.append(frame)
                offset = frame.range.upperBound
            }
            return (header.length, frames)
        }
        newest = (path, bytes, found.0)
        frames += found.1
    }

    private static func frame(
        _ bytes: UnsafeRawBufferPointer,
        _ offset: Int,
        _ path: String,
        _ seed: UInt32
    ) -> Frame? {
        do throws(FrameFault) {
            let frame = try FrameReader(bytes, at: offset, seed: seed)
            try frame.verify(bytes)
            var number: Int?
            try frame.forEachRecord(bytes) { record, _ in
                if case .mark(_, _, _, let target) = record { number = Int(target) - 1 }
            }
            return Frame(segment: path, range: frame.range, group: frame.header.group, number: number)
        } catch {
            return nil
        }
    }
}

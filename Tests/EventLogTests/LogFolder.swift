import Foundation
import Logging
import TestSupport

@testable import EventLog

/// A disk log's folder that a test writes, breaks and opens again.
struct LogFolder {
    let folder: TemporaryFolder
    let options: DiskLogOptions

    init(options: DiskLogOptions = DiskLogOptions()) throws {
        folder = try TemporaryFolder()
        self.options = options
    }

    func open() async throws -> DiskLog {
        try await DiskLog.open(folder: folder.path, options: options, clock: { 1_000 }, logger: .quiet)
    }

    /// Opens the log, appends so many frames of one event each, one flush each, and closes it.
    ///
    /// Takes the zeros away that were written ahead, so that a test breaks what it means to break.
    func append(_ frames: Int, from number: Int = 0) async throws {
        let log = try await open()
        for number in number..<number + frames {
            _ = try await log.commit(Self.frame(number))
        }
        try await log.close()
        guard let newest = try segmentPaths().last else { return }
        let whole = try bytes(newest)
        let header = try whole.withRawBytes { try SegmentHeader($0).length }
        try write(whole[..<(self.frames(in: whole).last?.upperBound ?? header)], to: newest)
    }

    /// A frame that shows its number in every kind of field.
    static func frame(_ number: Int) throws -> NewFrame {
        let previous = Position(number)
        return NewFrame(
            events: [
                try .sample("T\(number % 3)", "order-\(number % 4)", data: "\(number)", tags: ["n:\(number)"])
            ],
            marks: [MarkMove(processor: "p", lane: 0, from: previous, to: previous + 1)],
            idempotencyKey: "key-\(number)"
        )
    }

    /// The segment files, in order.
    func segmentPaths() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path("log")).sorted()
            .filter { $0.hasSuffix(".log") }.map { folder.path("log/" + $0) }
    }

    func bytes(_ path: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    }

    func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    /// Where the frames of a segment are in its bytes.
    func frames(in bytes: [UInt8]) throws -> [Range<Int>] {
        try bytes.withRawBytes { raw in
            let header = try SegmentHeader(raw)
            let seed = Checksum.seed(of: header.identity.id)
            var ranges: [Range<Int>] = []
            var offset = header.length
            while offset < raw.count, raw[offset] != 0 {
                let frame = try FrameReader(raw, at: offset, seed: seed)
                ranges.append(frame.range)
                offset = frame.range.upperBound
            }
            return ranges
        }
    }

    /// Whether a log holds exactly the first so many frames of `append`, in every way it can be asked.
    static func holds(_ frames: Int, _ log: any EventLog) throws -> Bool {
        let events = try log.read(ReadRequest(.all)).events
        let marks = try log.marks(of: "p")
        let keys = try (0...frames).filter { try log.receipt(forKey: "key-\($0)") != nil }
        return log.lastPosition == Position(frames)
            && events.map { String(decoding: $0.data, as: UTF8.self) } == (0..<frames).map(String.init)
            && events.enumerated().allSatisfy {
                $1.stream.text == "order-\($0 % 4)" && $1.type == "T\($0 % 3)"
            }
            && marks == (frames == 0 ? [:] : [0: Position(frames)])
            && keys == Array(0..<frames)
    }
}

import EventLog
import TestSupport
import Testing

/// Frames of every shape that the limits allow read back as they were given, at once and after opening again.
@Suite struct RoundTripTests {
    private static let letters = Array("abz09-_:./ ~é月🌙\"\\")

    @Test(arguments: 1...4)
    func `random frames read back to the last byte`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let folder = try TemporaryFolder(inMemory: true)
        let options = DiskLogOptions(segmentBytes: 300_000)
        let log = try await DiskLog.open(folder: folder.path, options: options, logger: .quiet)
        var frames: [NewFrame] = []
        for number in 0..<60 {
            let frame = try frame(number, &random)
            _ = try await log.commit(frame)
            frames.append(frame)
        }
        try check(log, frames, "seed \(seed)")
        try check(try log.fork(at: .max), frames, "seed \(seed), forked")
        try await log.close()
        let again = try await DiskLog.open(folder: folder.path, options: options, logger: .quiet)
        try check(again, frames, "seed \(seed), opened again")
        try await again.close()
    }

    private func check(_ log: any EventLog, _ frames: [NewFrame], _ seed: String) throws {
        var after: Position = 0
        var marks: [String: [Int: Position]] = [:]
        for (number, frame) in frames.enumerated() {
            let batch = try log.read(ReadRequest(.all, after: after, limit: max(1, frame.events.count)))
            for (event, given) in zip(batch.events, frame.events) {
                let id = given.id ?? EventID.derived(from: log.identity.id, position: event.position)
                let isSame =
                    event.stream == given.stream && event.type == given.type && event.tags == given.tags
                    && event.id == id && event.data.elementsEqual(given.data)
                    && event.meta.elementsEqual(given.meta)
                try #require(isSame, "\(seed), frame \(number), position \(event.position)")
            }
            after += Position(frame.events.count)
            for mark in frame.marks { marks[mark.processor, default: [:]][mark.lane] = mark.to }
            let receipt = try log.receipt(forKey: frame.idempotencyKey ?? "")
            try #require(receipt?.lastPosition == after, "\(seed), frame \(number)")
        }
        try #require(log.lastPosition == after, "\(seed)")
        for (processor, lanes) in marks {
            try #require(try log.marks(of: processor) == lanes, "\(seed), \(processor)")
        }
    }

    /// Sizes are mostly small, and now and then at a limit.
    private func frame(_ number: Int, _ random: inout SeededRandom) throws -> NewFrame {
        var frame = NewFrame(idempotencyKey: name("key-\(number)-", &random))
        for _ in 0..<[0, 1, 3, 60].pick(&random) {
            frame.events.append(
                NewEvent(
                    stream: try StreamName(name("order-", &random)),
                    type: name("T", &random),
                    data: bytes([0, 1, 2, 127, 128, 300, 20_000], &random),
                    meta: bytes([0, 0, 5, 200], &random),
                    tags: (0..<[0, 1, 2, LogLimits.eventTagsMax].pick(&random)).map { _ in name("t", &random)
                    },
                    id: [
                        nil, EventID(high: random.next(), low: random.next()), EventID(high: 0, low: 0),
                        EventID(high: .max, low: .max),
                    ].pick(&random)
                )
            )
        }
        let least = frame.events.isEmpty ? 1 : 0
        for lane in 0..<[least, 2, LogLimits.frameMarksMax].pick(&random) {
            // A processor of its own for each frame, so that every mark begins at 0.
            frame.marks.append(
                MarkMove(
                    processor: "p\(number)",
                    lane: lane % 2 == 0 ? lane : Int(Int32.max) - lane,
                    from: 0,
                    to: [1, 127, 128, 1 << 40, .max].pick(&random)
                )
            )
        }
        return frame
    }

    /// A name with a beginning, of any letters, up to the limit.
    private func name(_ start: String, _ random: inout SeededRandom) -> String {
        var name = start
        for _ in 0..<[0, 3, 30, LogLimits.nameBytesMax].pick(&random) {
            let next = name + String(Self.letters.pick(&random))
            if next.utf8.count > LogLimits.nameBytesMax { break }
            name = next
        }
        return name
    }

    private func bytes(_ sizes: [Int], _ random: inout SeededRandom) -> ArraySlice<UInt8> {
        (0..<sizes.pick(&random)).map { _ in UInt8(truncatingIfNeeded: random.next()) }[...]
    }
}

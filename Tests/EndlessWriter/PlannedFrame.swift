import EventLog

/// What the frame with a number holds: the same in the process that writes it and in the one that looks for
/// it afterwards.
///
/// Frames come in blocks of as many as there are lanes. Each moves a lane of its own, so the marks alone tell
/// which frames of the newest block are there, in whatever order they were committed.
struct PlannedFrame {
    static let processor = "writer"
    static let lanes = 8
    static let streams = (0..<11).map { "\(["order", "stock", "pay-in"][$0 % 3])-\($0)" }

    let number: Int

    /// The numbers of a block.
    static func block(_ block: Int) -> Range<Int> {
        block * lanes..<(block + 1) * lanes
    }

    /// Whether the frames of a block are committed all at once, or one after the other.
    static func isConcurrent(block: Int) -> Bool { block % 3 != 1 }

    /// Whether the frames of a block are all of one length, and longer than two sectors of a disk.
    ///
    /// Where one was torn away, another fits exactly in front of those that stood behind it: if a log left
    /// them there, it would meet them as frames.
    static func isUniform(block: Int) -> Bool { block % 3 == 2 }

    private var isUniform: Bool { Self.isUniform(block: number / Self.lanes) }

    /// The number, always as long.
    private var digits: String {
        String(repeating: "0", count: max(0, 8 - String(number).count)) + String(number)
    }

    /// Whether the marks say that this frame was committed.
    func isCommitted(_ marks: [Int: Position]) -> Bool {
        marks[lane, default: 0] >= target
    }

    var lane: Int { number % Self.lanes }

    /// Where the frame moves its lane to: a mark that is a frame's number plus one.
    var target: Position { Position(number) + 1 }

    var mark: MarkMove {
        let before = number < Self.lanes ? 0 : target - Position(Self.lanes)
        return MarkMove(processor: Self.processor, lane: lane, from: before, to: target)
    }

    /// Every fifth frame has none, where that is not a matter of length.
    var key: String? { number % 5 == 3 && !isUniform ? nil : "frame-\(digits)" }

    /// The tag of all its events, and of no others.
    var tag: String { "frame:\(digits)" }

    /// None in some frames, up to 30 in a few.
    var eventCount: Int {
        if isUniform { return 1 }
        if number % 7 == 6 { return 0 }
        return mixed(1) % 25 == 0 ? 30 : 1 + Int(mixed(2) % 4)
    }

    func event(_ index: Int) throws -> NewEvent {
        if isUniform {
            let stream = try StreamName(Self.streams[0])
            return NewEvent(stream: stream, type: "Type0", data: Self.text[..<1_200], tags: [tag])
        }
        let stream = Int(mixed(3, index) % UInt64(Self.streams.count))
        return NewEvent(
            stream: try StreamName(Self.streams[stream]),
            type: "Type\(mixed(4, index) % 5)",
            data: data(index)[...],
            meta: index % 3 == 1 ? Array("{\"frame\":\(number)}".utf8)[...] : [],
            tags: [tag] + (index % 2 == 0 ? ["even"] : ["odd", "third:\(number % 3)"]),
            id: index % 4 == 2 ? EventID(high: UInt64(number), low: UInt64(index)) : nil
        )
    }

    /// Mostly short; some are longer than a disk's sectors, so that a torn write can leave a hole in one.
    private func data(_ index: Int) -> [UInt8] {
        let length = mixed(5, index) % 12 == 0 ? Int(mixed(6, index) % 6_000) : Int(mixed(6, index) % 160)
        let start = Array("{\"frame\":\(number),\"index\":\(index),\"text\":\"".utf8)
        let shift = (number + index) % 26
        return start + Self.text[shift..<shift + length] + Array("\"}".utf8)
    }

    private static let text = (0..<6_100).map { UInt8(ascii: "a") + UInt8($0 % 26) }

    func frame() throws -> NewFrame {
        var frame = NewFrame(marks: [mark], idempotencyKey: key)
        for index in 0..<eventCount { frame.events.append(try event(index)) }
        if eventCount > 0 {
            // It is committed once, says the log itself.
            frame.conditions = [.noEvent(matching: EventQuery(tags: [tag]), after: 0)]
        }
        return frame
    }

    /// A number that looks random, and is the same in every process: the last step of SplitMix64.
    private func mixed(_ use: Int, _ index: Int = 0) -> UInt64 {
        var mixed = UInt64(number * 1_000 + index * 10 + use) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

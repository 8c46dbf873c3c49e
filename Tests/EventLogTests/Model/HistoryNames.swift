import EventLog
import TestSupport

/// What a history writes and asks: names from small sets, so that conditions, marks and keys meet often, and
/// sizes that differ from history to history.
struct HistoryNames {
    let streams: [String]
    let types = ["T", "U", "V"]
    let tags = ["x", "y", "z:1"]
    let processors = ["p", "q", "T"]
    let keys = (0..<12).map { "k\($0)" }
    let categories = ["a", "b", "é", "none"]

    /// Most frames are small; one in ten has up to so many events.
    private let frameEventsMax: Int
    private let dataMax: UInt8

    init(_ random: inout SeededRandom) {
        let few = ["a-1", "a-2", "a-1-2", "b-1", "b", "é-1"]
        // Now and then a log has more streams than anything keeps at hand.
        streams =
            switch Int.random(in: 0..<12, using: &random) {
            case 0: few + (0..<300).map { "a-\($0)" }
            case 1...2: few + (0..<40).map { "b-\($0)" }
            default: few
            }
        frameEventsMax = [4, 12, 30].pick(&random)
        dataMax = [20, 120, 250].pick(&random)
    }

    /// A frame that the log will take more often than not.
    func frame(_ random: inout SeededRandom, _ model: ModelLog) throws -> NewFrame {
        var frame = NewFrame()
        let most = Int.random(in: 0..<10, using: &random) == 0 ? frameEventsMax : 3
        for _ in 0..<Int.random(in: 0...most, using: &random) { frame.events.append(try event(&random)) }
        if frame.events.isEmpty || Int.random(in: 0..<4, using: &random) == 0 {
            let processor = processors.pick(&random)
            let lane = Int.random(in: 0..<2, using: &random)
            let stored = model.marks(of: processor)[lane] ?? 0
            let from = Int.random(in: 0..<5, using: &random) == 0 ? stored + 1 : stored
            frame.marks = [MarkMove(processor: processor, lane: lane, from: from, to: from + 3)]
        }
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            frame.conditions.append(try condition(&random, model))
        }
        if Int.random(in: 0..<3, using: &random) == 0 { frame.idempotencyKey = keys.pick(&random) }
        return frame
    }

    private func event(_ random: inout SeededRandom) throws -> NewEvent {
        let data = [UInt8](
            repeating: .random(in: 0...255, using: &random),
            count: Int(UInt8.random(in: 0...dataMax, using: &random))
        )
        let hasID = Int.random(in: 0..<4, using: &random) == 0
        return NewEvent(
            stream: try StreamName(streams.pick(&random)),
            type: types.pick(&random),
            data: data[...],
            meta: Bool.random(using: &random) ? Array("{\"n\":\(data.count)}".utf8)[...] : [],
            tags: some(tags, &random),
            id: hasID ? EventID(high: random.next(), low: random.next()) : nil
        )
    }

    private func condition(_ random: inout SeededRandom, _ model: ModelLog) throws -> AppendCondition {
        if Bool.random(using: &random) {
            let position = model.lastPosition - min(model.lastPosition, .random(in: 0...4, using: &random))
            return .noEvent(matching: query(&random), after: position)
        }
        let stream = streams.pick(&random)
        let seen = ExpectedRevision(seen: model.revision(of: stream))
        let expected = [.any, .none, .exists, .exactly(1), seen, seen, seen].pick(&random)
        return .stream(try StreamName(stream), expected)
    }

    func request(_ random: inout SeededRandom, _ model: ModelLog) throws -> ReadRequest {
        let backwards = Bool.random(using: &random)
        return ReadRequest(
            try filter(&random),
            after: [0, .max, .random(in: 0...model.lastPosition + 2, using: &random)].pick(&random),
            direction: backwards ? .backwards : .forwards,
            limit: [0, 1, 3, 10_000].pick(&random),
            revision: ([nil, nil, .max, .random(in: 0...9, using: &random)] as [Revision?]).pick(&random)
        )
    }

    func filter(_ random: inout SeededRandom) throws -> EventFilter {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: .all
        case 1: .stream(try StreamName(streams.pick(&random)))
        case 2: .category(categories.pick(&random))
        default: .query(query(&random))
        }
    }

    private func query(_ random: inout SeededRandom) -> EventQuery {
        EventQuery(
            types: Set(some(types, &random)),
            tags: Set(some(tags, &random)),
            category: ([nil, nil] + categories).pick(&random)
        )
    }

    private func some(_ names: [String], _ random: inout SeededRandom) -> [String] {
        names.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
    }
}

extension Array {
    /// One of them.
    func pick(_ random: inout SeededRandom) -> Element {
        self[Int.random(in: 0..<count, using: &random)]
    }
}

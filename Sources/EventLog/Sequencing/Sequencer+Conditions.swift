/// What a frame must pass before it gets a place, and how it is then added to the index.
extension Sequencer {
    /// Checks the conditions in their order, then the marks, then whether there is room for the names.
    static func check(_ frame: NewFrame, _ index: LogIndex) throws(EventLogError) {
        for (number, condition) in frame.conditions.enumerated() {
            switch condition {
            case .stream(let stream, let expected):
                try check(stream, expected, index.newestRevision(of: stream))
            case .noEvent(let query, let position):
                if let match = index.firstMatch(of: query, after: position) {
                    throw .conditionFailed(index: number, matching: match)
                }
            }
        }
        for mark in frame.marks {
            let processor = index.symbols.number(of: mark.processor)
            let actual = processor.map { index.marks.newest($0, mark.lane) } ?? 0
            guard actual == mark.from else {
                throw .fenced(
                    processor: mark.processor,
                    lane: mark.lane,
                    expected: mark.from,
                    actual: actual
                )
            }
        }
        try checkRoom(for: frame, index)
    }

    private static func check(
        _ stream: StreamName,
        _ expected: ExpectedRevision,
        _ actual: Revision?
    ) throws(EventLogError) {
        let holds =
            switch expected {
            case .any: true
            case .none: actual == nil
            case .exists: actual != nil
            case .exactly(let revision): actual == revision
            }
        guard holds else {
            throw .wrongExpectedRevision(stream: stream, expected: expected, actual: actual)
        }
    }

    private static func checkRoom(for frame: NewFrame, _ index: LogIndex) throws(EventLogError) {
        let events = UInt64(index.eventCount) + UInt64(frame.events.count)
        guard events <= LogIndex.eventsMax else {
            throw .limitExceeded(
                what: "the number of events in the log",
                limit: Int(LogIndex.eventsMax),
                actual: Int(events)
            )
        }
        // Far from the limit, the usual case, nobody counts.
        guard index.symbols.count + frame.events.count + frame.marks.count > LogLimits.symbolsMax else {
            return
        }
        let names = Set(frame.events.map(\.type)).union(frame.marks.map(\.processor))
        let new = names.filter { index.symbols.number(of: $0) == nil }
        let count = index.symbols.count + new.count
        guard count <= LogLimits.symbolsMax else {
            throw .limitExceeded(
                what: "the number of different event types and processors",
                limit: LogLimits.symbolsMax,
                actual: count
            )
        }
    }

    /// Adds a frame that passed every check; returns the numbers that its encoding needs.
    static func add(_ frame: NewFrame, to index: inout LogIndex) -> FrameNumbers {
        var numbers = FrameNumbers()
        numbers.types.reserveCapacity(frame.events.count)
        numbers.revisions.reserveCapacity(frame.events.count)
        func symbol(_ name: String) -> UInt32 {
            let known = index.symbols.count
            let number = index.symbol(for: name)
            if index.symbols.count > known { numbers.newSymbols.append((number, name)) }
            return number
        }
        for event in frame.events {
            let type = symbol(event.type)
            numbers.types.append(type)
            numbers.revisions.append(
                event.stream.text.withUTF8Bytes { index.addEvent(stream: $0, type: type) }
            )
            for tag in event.tags { tag.withUTF8Bytes { index.addTag($0) } }
        }
        for mark in frame.marks {
            let processor = symbol(mark.processor)
            numbers.processors.append(processor)
            index.addMark(processor: processor, lane: mark.lane, to: mark.to)
        }
        return numbers
    }
}

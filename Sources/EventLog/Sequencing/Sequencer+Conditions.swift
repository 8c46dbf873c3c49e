/// What a frame must pass before it gets a place, in the order in which it is asked.
extension Sequencer {
    /// Checks the conditions in their order, then the marks, then whether there is room for the names.
    static func check(_ frame: NewFrame, _ index: LogIndex) throws(EventLogError) {
        for (number, condition) in frame.conditions.enumerated() {
            switch condition {
            case .stream(let stream, let expected):
                let next = try index.nextRevision(of: stream)
                try check(stream, expected, next == 0 ? nil : next - 1)
            case .noEvent(let query, let position):
                if let match = try index.firstMatch(of: query, after: position) {
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
        guard expected.holds(for: actual) else {
            throw .wrongExpectedRevision(stream: stream, expected: expected, actual: actual)
        }
    }

    private static func checkRoom(for frame: NewFrame, _ index: LogIndex) throws(EventLogError) {
        let events = UInt64(index.active.eventCount) + UInt64(frame.events.count)
        guard events <= SegmentIndex.eventsMax else {
            throw .limitExceeded(
                what: "the number of events in a segment",
                limit: Int(SegmentIndex.eventsMax),
                actual: Int(events)
            )
        }
        // Far from the limit, the usual case, nobody counts.
        guard index.symbols.count + frame.events.count + frame.marks.count > LogLimits.symbolsMax else {
            return
        }
        let names = frame.events.map(\.type) + frame.marks.map(\.processor)
        let new = Set(names.filter { index.symbols.number(of: $0) == nil }.map { Array($0.utf8) })
        let count = index.symbols.count + new.count
        guard count <= LogLimits.symbolsMax else {
            throw .limitExceeded(
                what: "the number of different event types and processors",
                limit: LogLimits.symbolsMax,
                actual: count
            )
        }
    }
}

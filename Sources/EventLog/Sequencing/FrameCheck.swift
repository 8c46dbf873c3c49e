/// Checks a frame against the limits and the rules of names, before it is queued: on the caller's own task,
/// so that a bad frame costs the sequencer nothing.
enum FrameCheck {
    /// Refuses a frame that could not be stored; returns an upper bound for its encoded size, the symbols
    /// that it may be the first to use included.
    static func check(_ frame: NewFrame) throws(EventLogError) -> Int {
        guard !frame.events.isEmpty || !frame.marks.isEmpty else {
            throw .invalidFrame(reason: "it has neither events nor marks")
        }
        try limit("the number of events in a frame", frame.events.count, LogLimits.frameEventsMax)
        try limit("the number of marks in a frame", frame.marks.count, LogLimits.frameMarksMax)
        try limit("the number of conditions of a frame", frame.conditions.count, LogLimits.frameConditionsMax)
        if let key = frame.idempotencyKey { try name(key, "an idempotency key") }
        // By their parts: an event that is copied out of the array costs five references, taken and given
        // back.
        for place in frame.events.indices {
            try check(
                frame.events[place].type,
                data: frame.events[place].data.count,
                meta: frame.events[place].meta.count,
                frame.events[place].tags
            )
        }
        try check(frame.marks)
        let size = FrameWriter.sizeBound(of: frame)
        try limit("the size of a frame in bytes", size, LogLimits.frameBytesMax)
        return size + FrameWriter.symbolBound(of: frame)
    }

    static func check(_ event: NewEvent) throws(EventLogError) {
        try check(event.type, data: event.data.count, meta: event.meta.count, event.tags)
    }

    private static func check(
        _ type: String,
        data: Int,
        meta: Int,
        _ tags: [String]
    ) throws(EventLogError) {
        try name(type, "an event type")
        try limit("the size of an event's data in bytes", data, LogLimits.eventBytesMax)
        try limit("the size of an event's meta in bytes", meta, LogLimits.eventBytesMax)
        try limit("the number of tags of an event", tags.count, LogLimits.eventTagsMax)
        for tag in tags { try name(tag, "a tag") }
    }

    private static func check(_ marks: [MarkMove]) throws(EventLogError) {
        struct Lane: Hashable {
            let processor: String
            let lane: Int
        }
        var seen: Set<Lane> = []
        for mark in marks {
            try name(mark.processor, "a processor name")
            guard (0...Int(Int32.max)).contains(mark.lane) else {
                throw .invalidFrame(reason: "\(mark.processor) has no lane \(mark.lane)")
            }
            guard mark.to > mark.from else {
                throw .invalidFrame(
                    reason: "the mark of \(mark.processor) lane \(mark.lane) doesn't move forward"
                        + " (from \(mark.from) to \(mark.to))"
                )
            }
            guard seen.insert(Lane(processor: mark.processor, lane: mark.lane)).inserted else {
                throw .invalidFrame(reason: "it moves \(mark.processor) lane \(mark.lane) twice")
            }
        }
    }

    private static func limit(_ what: String, _ actual: Int, _ limit: Int) throws(EventLogError) {
        guard actual <= limit else { throw .limitExceeded(what: what, limit: limit, actual: actual) }
    }

    private static func name(_ name: String, _ what: String) throws(EventLogError) {
        if name.isEmpty {
            throw .invalidName(name, reason: "\(what) can't be empty")
        }
        if name.utf8.count > LogLimits.nameBytesMax {
            throw .invalidName(name, reason: "\(what) has at most \(LogLimits.nameBytesMax) bytes")
        }
        if name.withUTF8Bytes(\.hasControlCharacter) {
            throw .invalidName(name, reason: "\(what) has no control characters")
        }
    }
}

/// Finds events: by stream, category, type, tag and position; and knows symbols, marks and idempotency keys.
///
/// It is a function of the frames: the parts of segments that are ended, which never change, and the part of
/// the segment that is being written. Memory is bounded by that one segment, since older parts are files.
///
/// It runs ahead of durability. The sequencer adds a frame when it stages it, so that the next frame of the
/// same group is checked against it; readers are bounded by what `publish()` last made visible. When a flush
/// fails, what was staged simply never becomes visible, and the log takes no more frames.
///
/// `SharedIndex` guards it.
struct LogIndex: Sendable {
    /// The ended segments, in order; what they hold is durable.
    private(set) var parts: [any IndexPart]
    /// The segment that is written.
    private(set) var active: SegmentIndex
    private(set) var symbols: SymbolTable
    private(set) var marks: MarkTable
    let seed: UInt64

    /// Position of the newest event that readers may see.
    private(set) var visiblePosition: Position
    /// How many frames of `active` readers may see.
    private(set) var visibleFrames = 0

    /// An index of what some parts hold.
    init(
        seed: UInt64,
        parts: [any IndexPart] = [],
        symbols: SymbolTable? = nil,
        marks: MarkTable = MarkTable()
    ) {
        self.seed = seed
        self.parts = parts
        self.symbols = symbols ?? SymbolTable(seed: seed)
        self.marks = marks
        let base = parts.last.map { $0.base + Position($0.eventCount) } ?? 0
        active = SegmentIndex(base: base, seed: seed)
        visiblePosition = base
    }

    /// Position of the newest event, staged ones included.
    var lastPosition: Position { active.base + Position(active.eventCount) }

    // MARK: Adding

    /// The symbol of a name, given now if it has none.
    mutating func symbol(for name: String) -> UInt32 {
        symbols.insert(name)
    }

    /// The number that a stream has in the active part, given now if it has none: the only step of adding an
    /// event that can fail, and one that leaves nothing to be seen.
    @inline(__always)
    mutating func openStream(_ name: UnsafeRawBufferPointer) throws(EventLogError) -> Int {
        let key = IndexKey(.stream, name, seed: seed)
        if let number = active.stream(key) { return number }
        return active.addStream(key, goingOnAt: try nextRevision(of: key, in: parts))
    }

    /// Adds an event behind all others to an open stream; returns its revision.
    @inline(__always)
    mutating func addEvent(stream: Int, type: UInt32, named name: String) -> Revision {
        active.addEvent(stream: stream, type: type, named: name)
    }

    /// Adds a tag to the newest event.
    mutating func addTag(_ tag: UnsafeRawBufferPointer) {
        active.addTag(tag)
    }

    mutating func addMark(processor: UInt32, lane: Int, to position: Position) {
        marks.stage(processor, lane, position)
    }

    /// Adds the frame that the newest events belong to; the first ordinal is that of the first of them.
    mutating func addFrame(at address: UInt64, length: Int, events: Int, key: UnsafeRawBufferPointer?) {
        let first = active.eventCount - UInt32(events)
        active.addFrame(address: address, firstOrdinal: first, length: length, key: key)
    }

    /// All that was added is durable.
    mutating func publish() {
        visiblePosition = lastPosition
        visibleFrames = active.frameCount
        marks.publish()
    }

    /// Ends the active part, all of which is visible; returns it.
    mutating func endPart() -> SegmentIndex {
        let ended = active
        parts.append(ended)
        active = SegmentIndex(base: lastPosition, seed: seed)
        visibleFrames = 0
        return ended
    }

    /// Puts parts in the place of those that cover the same stretch.
    mutating func replaceParts(with new: [any IndexPart]) {
        guard let first = parts.firstIndex(where: { $0.base == new.first?.base }),
            let last = parts.lastIndex(where: { $0.end == new.last?.end }), first <= last
        else { preconditionFailure("parts take the place of parts that are there") }
        parts.replaceSubrange(first...last, with: new)
    }

    // MARK: Asking

    /// Where a frame with an idempotency key is, and whether it is durable; nil when there is none.
    func frame(ofKey key: String) throws(EventLogError) -> (frame: FrameRef, isVisible: Bool)? {
        try key.withKey(.idempotency, seed: seed) { key throws(EventLogError) in
            if let number = active.find(key)?.ordinals.first {
                return (active.frame(Int(number)), Int(number) < visibleFrames)
            }
            return try parts.frame(ofKey: key).map { ($0, true) }
        }
    }

    /// The revision that a stream's next event gets, staged ones counted: 0 when it has none.
    func nextRevision(of stream: StreamName) throws(EventLogError) -> Revision {
        try stream.text.withKey(.stream, seed: seed) { key throws(EventLogError) in
            if let found = active.find(key) { return found.firstRevision + Revision(found.ordinals.count) }
            return try nextRevision(of: key, in: parts)
        }
    }

    private func nextRevision(
        of key: IndexKey,
        in parts: [any IndexPart]
    ) throws(EventLogError) -> Revision {
        for part in parts.reversed() {
            if let found = try part.find(key) { return found.firstRevision + Revision(found.ordinals.count) }
        }
        return 0
    }

    /// The first event after a position that a query names, staged ones included.
    func firstMatch(of query: EventQuery, after position: Position) throws(EventLogError) -> Position? {
        guard position < lastPosition else { return nil }
        for part in parts where part.end > position {
            if let found = try firstMatch(of: query, after: position, in: part) { return found }
        }
        return try firstMatch(of: query, after: position, in: active)
    }

    private func firstMatch(
        of query: EventQuery,
        after position: Position,
        in part: some IndexPart
    ) throws(EventLogError) -> Position? {
        let low = position > part.base ? UInt32(position - part.base) : 0
        let search = PartSearch(filter: .query(query), backwards: false, seed: seed)
        return try search.ordinals(in: part, within: low..<part.eventCount, limit: 1).first.map {
            part.base + Position($0) + 1
        }
    }

    /// The marks of a processor that readers may see.
    func visibleMarks(of processor: String) -> [Int: Position] {
        symbols.number(of: processor).map { marks.marks(of: $0) } ?? [:]
    }
}

extension IndexPart {
    /// Position of its last event.
    var end: Position { base + Position(eventCount) }
}

extension [any IndexPart] {
    /// The frame that carries an idempotency key; the newest parts are asked first.
    func frame(ofKey key: IndexKey) throws(EventLogError) -> FrameRef? {
        for part in reversed() {
            if let number = try part.find(key)?.ordinals.first { return try part.frame(Int(number)) }
        }
        return nil
    }
}

/// Finds events: by stream, category, type, tag and position; and knows symbols, marks and idempotency keys.
///
/// It is a function of the frames: recovery fills it, and nothing of it is stored.
///
/// It runs ahead of durability. The sequencer adds a frame when it stages it, so that the next frame of the
/// same group is checked against it; readers are bounded by what `publish()` last made visible. When a flush
/// fails, what was staged simply never becomes visible, and the log takes no more frames.
///
/// Memory: about 16 bytes a frame, 12 an event, 4 a tag, and 100 a stream. `SharedIndex` guards it.
struct LogIndex: Sendable {
    /// Ordinals have 32 bits here.
    static let eventsMax = UInt64(UInt32.max)

    private(set) var frames = FrameTable()
    private(set) var symbols: SymbolTable
    private(set) var marks = MarkTable()
    private(set) var streams: KeyedPostings
    private(set) var categories: KeyedPostings
    private(set) var tags: KeyedPostings
    /// By symbol.
    private(set) var types: [[UInt32]] = []

    /// For each stream, by its number, the number of its category.
    private var categoryOfStream: [UInt32] = []
    private var keys: NameTable
    /// For each idempotency key, by its number, the index of its frame.
    private var frameOfKey: [Int] = []

    /// How many events there are, staged ones included.
    private(set) var eventCount: UInt32 = 0
    /// How many of them readers may see.
    private(set) var visibleEventCount: UInt32 = 0
    /// How many frames readers may see.
    private(set) var visibleFrameCount = 0

    init() {
        let seed = UInt64.random(in: 0...UInt64.max)
        symbols = SymbolTable(seed: seed)
        streams = KeyedPostings(seed: seed)
        categories = KeyedPostings(seed: seed)
        tags = KeyedPostings(seed: seed)
        keys = NameTable(seed: seed)
    }

    // MARK: Adding

    mutating func symbol(for name: String) -> UInt32 {
        let number = symbols.insert(name)
        if Int(number) == types.count { types.append([]) }
        return number
    }

    /// Adds an event behind all others; returns its revision.
    mutating func addEvent(stream: UnsafeRawBufferPointer, type: UInt32) -> Revision {
        let (number, isNew) = streams.insert(stream)
        if isNew {
            let category = UnsafeRawBufferPointer(rebasing: stream[..<StreamName.categoryLength(stream)])
            categoryOfStream.append(UInt32(categories.insert(category).number))
        }
        categories.append(eventCount, to: Int(categoryOfStream[number]))
        types[Int(type)].append(eventCount)
        defer { eventCount += 1 }
        return Revision(streams.append(eventCount, to: number))
    }

    /// Adds a tag to the newest event.
    mutating func addTag(_ tag: UnsafeRawBufferPointer) {
        tags.append(eventCount - 1, to: tags.insert(tag).number)
    }

    mutating func addMark(processor: UInt32, lane: Int, to position: Position) {
        marks.stage(processor, lane, position)
    }

    /// Adds the frame that the newest events belong to.
    mutating func addFrame(_ frame: FrameRef, key: UnsafeRawBufferPointer?) {
        if let key, keys.insert(key).isNew { frameOfKey.append(frames.count) }
        frames.append(frame)
    }

    /// All that was added is durable.
    mutating func publish() {
        visibleEventCount = eventCount
        visibleFrameCount = frames.count
        marks.publish()
    }

    // MARK: Asking

    /// Where a frame with an idempotency key is, and whether it is durable; nil when there is none.
    func frame(ofKey key: String) -> (frame: FrameRef, isVisible: Bool, index: Int)? {
        guard let number = key.withUTF8Bytes({ keys.number(of: $0) }) else { return nil }
        let index = frameOfKey[number]
        return (frames[index], index < visibleFrameCount, index)
    }

    /// The newest revision of a stream, staged events included; nil when it has no events.
    func newestRevision(of stream: StreamName) -> Revision? {
        let count = stream.text.withUTF8Bytes { streams.count(of: $0) }
        return count == 0 ? nil : Revision(count - 1)
    }

    /// The newest revision of a stream that readers may see.
    func visibleRevision(of stream: StreamName) -> Revision? {
        let count = streams.list(of: stream.text).lowerBound(visibleEventCount)
        return count == 0 ? nil : Revision(count - 1)
    }

    /// The marks of a processor that readers may see.
    func visibleMarks(of processor: String) -> [Int: Position] {
        symbols.number(of: processor).map { marks.marks(of: $0) } ?? [:]
    }
}

/// The numbers that stand for names in an encoded frame, and the revisions that its events were given.
///
/// The sequencer has one and fills it anew for each frame, so that a frame costs no memory but its receipt's.
struct FrameNumbers: Sendable {
    /// A symbol for each event's type.
    private(set) var types: [UInt32] = []
    /// A revision for each event.
    private(set) var revisions: [Revision] = []
    /// A symbol for each mark's processor.
    private(set) var processors: [UInt32] = []
    /// The symbols that this frame is the first to use, in order of their numbers.
    private(set) var newSymbols: [(number: UInt32, name: String)] = []
    /// A number of the active index for each event's stream.
    private var streams: [Int] = []

    /// Finds the streams of a frame: all of adding it that can fail.
    mutating func open(_ frame: NewFrame, in index: inout LogIndex) throws(EventLogError) {
        streams.removeAll(keepingCapacity: true)
        var previous: StreamName?
        // By its parts: an event that is copied out of the array costs five references, taken and given back.
        for place in frame.events.indices {
            // Events of one frame often go to one stream.
            if let previous, let number = streams.last, previous == frame.events[place].stream {
                streams.append(number)
                continue
            }
            let stream = frame.events[place].stream
            var name = stream.text
            var outcome: Result<Int, EventLogError>?
            name.withUTF8 { bytes in
                outcome = Result { () throws(EventLogError) in
                    try index.openStream(UnsafeRawBufferPointer(bytes))
                }
            }
            guard let outcome else { preconditionFailure("withUTF8 calls its body") }
            streams.append(try outcome.get())
            previous = stream
        }
    }

    /// Adds a frame that passed every check to the index, but for its place.
    mutating func add(_ frame: NewFrame, to index: inout LogIndex) {
        types.removeAll(keepingCapacity: true)
        processors.removeAll(keepingCapacity: true)
        newSymbols.removeAll(keepingCapacity: true)
        revisions = []
        revisions.reserveCapacity(frame.events.count)
        var previous = ""
        for place in frame.events.indices {
            let name = frame.events[place].type
            let type: UInt32
            // Not by `==`: two spellings of one accented letter are two types.
            if let known = types.last, name.isSameBytes(as: previous) {
                type = known
            } else {
                type = symbol(name, &index)
                previous = name
            }
            types.append(type)
            revisions.append(index.addEvent(stream: streams[place], type: type, named: previous))
            for tag in frame.events[place].tags { tag.withUTF8Bytes { index.addTag($0) } }
        }
        for mark in frame.marks {
            let processor = symbol(mark.processor, &index)
            processors.append(processor)
            index.addMark(processor: processor, lane: mark.lane, to: mark.to)
        }
    }

    private mutating func symbol(_ name: String, _ index: inout LogIndex) -> UInt32 {
        let known = index.symbols.count
        let number = index.symbol(for: name)
        if index.symbols.count > known { newSymbols.append((number, name)) }
        return number
    }
}

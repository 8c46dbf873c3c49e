/// Makes the events of one page out of the frames that hold them, taking only those that are wanted.
///
/// The path of every event that is ever read: one value per event, no allocation but the page's own array.
struct PageDecoder {
    private let positions: [Position]
    private let symbols: [String]
    private let log: EventID

    /// The index in `positions` of the next event that is wanted.
    private var next = 0

    /// The events so far, ascending.
    private(set) var events: [RecordedEvent] = []

    init(_ plan: ReadPlan, log: EventID) {
        positions = plan.positions
        symbols = plan.symbols
        self.log = log
        events.reserveCapacity(plan.positions.count)
    }

    /// Takes the wanted events of a frame; frames come in ascending order.
    mutating func decode(
        _ frame: FrameReader,
        _ bytes: FrameBytes,
        _ all: UnsafeRawBufferPointer
    ) throws(FrameFault) {
        let first = frame.header.firstPosition
        let source = RecordedEvent.Source(frame: bytes, time: frame.header.time, log: log)
        try frame.forEachRecord(all) { (record, number) throws(FrameFault) in
            guard case .event(let event) = record, next < positions.count else { return }
            let position = first + Position(number)
            guard positions[next] == position else { return }
            guard Int(event.type) < symbols.count else {
                throw FrameFault("an event has the unknown type \(event.type)")
            }
            next += 1
            let type = symbols[Int(event.type)]
            events.append(RecordedEvent(event, at: position, type: type, from: source))
        }
        // The index said that all wanted events up to this frame's last are in it or before it.
        let end = first + Position(frame.header.eventCount)
        guard next == positions.count || positions[next] >= end else {
            throw FrameFault("a frame holds fewer events than were written")
        }
    }
}

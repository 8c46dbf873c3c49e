/// Makes the events of one page out of the frames that hold them, taking only those that are wanted.
///
/// The path of every event that is ever read: one value per event, no allocation but the page's own array.
struct PageDecoder {
    private let ordinals: [UInt32]
    private let symbols: [String]
    private let log: EventID

    /// The index in `ordinals` of the next event that is wanted.
    private var next = 0

    /// The events so far, ascending.
    private(set) var events: [RecordedEvent] = []

    init(_ plan: ReadPlan, log: EventID) {
        ordinals = plan.ordinals
        symbols = plan.symbols
        self.log = log
        events.reserveCapacity(plan.ordinals.count)
    }

    /// Takes the wanted events of a frame; frames come in ascending order.
    mutating func decode(
        _ frame: FrameReader,
        _ bytes: FrameBytes,
        _ all: UnsafeRawBufferPointer
    ) throws(FrameFault) {
        let first = UInt32(frame.header.firstPosition - 1)
        let source = RecordedEvent.Source(frame: bytes, time: frame.header.time, log: log)
        try frame.forEachRecord(all) { (record, number) throws(FrameFault) in
            guard case .event(let event) = record, next < ordinals.count else { return }
            let ordinal = first + UInt32(number)
            guard ordinals[next] == ordinal else { return }
            guard Int(event.type) < symbols.count else {
                throw FrameFault("an event has the unknown type \(event.type)")
            }
            next += 1
            let type = symbols[Int(event.type)]
            events.append(RecordedEvent(event, at: Position(ordinal) + 1, type: type, from: source))
        }
        // The index said that all wanted events up to this frame's last are in it or before it.
        let end = first + frame.header.eventCount
        guard next == ordinals.count || ordinals[next] >= end else {
            throw FrameFault("a frame holds fewer events than were written")
        }
    }
}

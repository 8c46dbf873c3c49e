import EventLog

/// What one step asked for, not yet true: it becomes true with the frame it joins, or not at all.
struct Effects: Sendable {
    /// Events on any streams, the records of commands and sends among them, in the order they were asked for.
    var events: [NewEvent] = []

    /// The streams whose state the step saw, as it saw them.
    var conditions: [AppendCondition] = []

    /// What the step read: each says that nothing which matches was committed since.
    var reads: [AppendCondition] = []

    /// The refusal of the newest command that was decided; nil when it was accepted.
    var refusal: Refusal?

    /// Whether the step ended itself with `abort`; what it had asked for is not here.
    var isAborted = false

    /// Bytes of data and meta, to know when a frame is full.
    var bytes = 0

    mutating func append(_ event: NewEvent) {
        bytes += event.data.count + event.meta.count
        events.append(event)
    }

    mutating func append(_ other: Effects) {
        events += other.events
        conditions += other.conditions
        reads += other.reads
        bytes += other.bytes
        refusal = other.refusal
    }

    /// The frame that makes them true.
    var frame: NewFrame { NewFrame(events: events, conditions: conditions + reads) }

    /// Whether a frame with these has no room for a whole further step.
    var fillsFrame: Bool {
        max(events.count, conditions.count + reads.count) >= RuntimeLimits.frameEventsEnough
            || bytes >= RuntimeLimits.frameBytesEnough
    }
}

import EventLog

/// One event for one handler.
struct Step: Sendable {
    let event: RecordedEvent

    /// JSON that an operator put in place of the event's data, for this step alone.
    var editedData: ArraySlice<UInt8>?

    /// What the step was told when it ran before.
    var answers = StepAnswers()

    /// The position that stands for the event's in chance and in records: of the same event in the log that
    /// a fork is of; nil for its own.
    var knownAs: Position?

    /// `handler reserve-stock on OrderPlaced, position 17 of order-1`: for errors and log lines.
    func context(_ processor: String) -> String {
        "handler \(processor) on \(event.type), position \(event.position) of \(event.stream)"
    }
}

/// What became of a batch of steps, up to the first that didn't come to its end.
struct StepBatch: Sendable {
    /// Names the batch until it is settled.
    let id: UInt64

    /// What the steps that came to their end asked for, together.
    var effects = Effects()

    /// How many came to their end.
    var completed = 0

    /// The stream whose further commands wait until this is settled; nil for the steps of a processor.
    var holds: String?

    /// Why the next one did not; nil when all did, or the frame was full.
    var stop: StepStop?
}

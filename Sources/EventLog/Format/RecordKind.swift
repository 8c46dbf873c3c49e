/// What a record of a frame is.
///
/// The numbers are part of the format and never change their meaning.
enum RecordKind: UInt8 {
    /// A fact: type symbol, revision, flags, stream, [id], [tags], meta, data.
    case event = 1
    /// Progress: processor symbol, lane, from, to.
    case mark = 2
    /// A number for a name that later records use: number, bytes.
    case symbol = 3
    /// The end of a segment: its frames and events.
    case end = 4
}

/// What an event record has beside what every one has.
struct EventFlags: OptionSet {
    let rawValue: UInt8

    /// An id was given with the event; without it the id is derived from the log's id and the position.
    static let id = EventFlags(rawValue: 1 << 0)
    /// The event has tags.
    static let tags = EventFlags(rawValue: 1 << 1)

    static let known: EventFlags = [.id, .tags]
}

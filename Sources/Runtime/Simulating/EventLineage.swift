import EventLog

/// Gives the events of a simulation identities that hang on what they came from, and not on where they stand:
/// another event before them must not change what follows from them.
///
/// An event is known as the recorded one that the same step left, when there is one of its stream and type;
/// any other by a hash of its cause and of what asked for it.
struct EventLineage {
    /// What decided.
    let by: String

    /// The event, or the command's record, that the step answered.
    let cause: EventID

    /// What the step left in the log that is simulated.
    let recorded: [RecordedEvent]

    private struct Name: Hashable {
        let stream: StreamName
        let type: String
    }

    /// Names the events of a step; returns the recorded ones that they stand for.
    func name(_ events: inout [NewEvent]) -> [RecordedEvent?] {
        var counts: [Name: UInt64] = [:]
        return events.indices.map { index in
            let name = Name(stream: events[index].stream, type: events[index].type)
            let number = counts[name, default: 0]
            counts[name] = number + 1
            let same = recorded.lazy.filter { $0.type == name.type && $0.stream == name.stream }
            let known = same.dropFirst(Int(number)).first
            if events[index].id == nil { events[index].id = known?.id ?? id(of: name, number) }
            return known
        }
    }

    private func id(of name: Name, _ number: UInt64) -> EventID {
        var hash = StableHash()
        hash.add(cause.high)
        hash.add(cause.low)
        for text in [by, name.stream.text, name.type] {
            hash.add(UInt64(text.utf8.count))
            hash.add(text.utf8)
        }
        hash.add(number)
        let high = hash.value
        hash.add(high)
        return EventID(high: high, low: hash.value)
    }

    /// What stands for the position of an event that isn't recorded: a number of 53 bits, which scripts and
    /// JSON can hold.
    static func place(of id: EventID) -> Position { (id.high ^ id.low) >> 11 }
}

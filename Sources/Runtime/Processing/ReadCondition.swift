import EventLog
import Lua

// A step's reads as conditions of its frame: reading them back, and telling which events they would be about.

/// A step that read behind an emit of its own what it should have read: nothing that isn't committed is seen,
/// and no condition of a frame looks at the frame itself, so the step would decide on what is no longer so.
struct ReadConflict: Error {
    let place: String
    let event: NewEvent
}

extension EffectsReader {
    /// The condition that a record of `read` stands for.
    ///
    /// - Throws: `ReadConflict` when an earlier event of the same step would belong to what was read.
    static func read(_ record: inout PackedReader, behind earlier: [NewEvent]) throws -> AppendCondition {
        let place = record.text()
        guard case .integer(let seen)? = record.next() else {
            preconditionFailure("the prelude recorded a read without what it saw")
        }
        let stream = try record.nameIfAny()
        let category = try record.nameIfAny()
        let types = try names(record.json())
        let tags = try names(record.json())
        let condition: AppendCondition
        if let stream {
            let revision = seen < 0 ? nil : Revision(seen)
            condition = .stream(try StreamName(stream), ExpectedRevision(seen: revision))
        } else {
            let query = EventQuery(types: types, tags: tags, category: category)
            condition = .noEvent(matching: query, after: Position(seen))
        }
        if let event = earlier.first(where: condition.concerns) {
            throw ReadConflict(place: place, event: event)
        }
        return condition
    }

    private static func names(_ list: ArraySlice<UInt8>?) throws -> Set<String> {
        guard let list else { return [] }
        return Set(try JSONValue(parsing: list).array?.compactMap(\.string) ?? [])
    }
}

extension AppendCondition {
    /// Whether an event that is to be appended would make the condition fail for a later frame.
    func concerns(_ event: NewEvent) -> Bool {
        switch self {
        case .stream(let stream, _): event.stream == stream
        case .noEvent(let query, _):
            (query.category.map { $0 == event.stream.category } ?? true)
                && (query.types.isEmpty || query.types.contains(event.type))
                && (query.tags.isEmpty || query.tags.isSubset(of: event.tags))
        }
    }
}

extension Unsettled {
    /// Whether some events that aren't settled change it.
    func isChanged(by events: [NewEvent]) -> Bool {
        switch self {
        case .stream(let stream): events.contains { $0.stream.text == stream }
        case .read(let condition): events.contains(where: condition.concerns)
        }
    }
}

extension ScriptFailure {
    /// A step whose script ran, but whose records can't become true.
    init(recorded error: any Error, context: String) {
        switch error {
        case let error as ReadConflict: self.init(error, context: context)
        case let error as EventLogError: self.init(error, context: context)
        default:
            let reason = EventLogError.invalidFrame(reason: "what the step recorded can't be read: \(error)")
            self.init(reason, context: context)
        }
    }

    /// A step that read too late.
    init(_ error: ReadConflict, context: String) {
        let summary =
            "\(error.place): read would have to give \(error.event.type) in \(error.event.stream), "
            + "which this step asked for before it"
        let hint = "read before emit and command; or send what comes second, so that it is a step of its own"
        let parts = error.place.split(separator: ":")
        self.init(
            code: "script-read-too-late",
            summary: summary,
            file: parts.first.map(String.init) ?? "",
            line: parts.count > 1 ? Int(parts[1]) ?? 0 : 0,
            context: context,
            hint: hint,
            text: "\(summary)\n  in \(context)\n  hint: \(hint)"
        )
    }
}

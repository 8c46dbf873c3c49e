import EventLog
import Runtime

/// Events and conditions as clients write them in a body, turned into what the log takes.
///
/// The bytes of `data` and `meta` go to the log as they came; they were checked, and are never rebuilt.
enum EventInput {
    /// The body of `POST /streams/{stream}`: one event, or a list of them.
    static func events(in body: [UInt8], for stream: StreamName) throws -> [NewEvent] {
        switch try JSONSpans(parsing: body[...]) {
        case .object(let object):
            return [try event(object, at: "", stream: stream)]
        case .array(let elements):
            return try elements.enumerated().map { index, bytes in
                try event(try object(bytes, at: "[\(index)]"), at: "[\(index)].", stream: stream)
            }
        case .scalar(let value):
            throw Problem.invalidInput(
                "body",
                "the body must be one event or a list of events, not \(value.kind)"
            )
        }
    }

    /// The body of `POST /commits`.
    static func frame(in body: [UInt8]) throws -> NewFrame {
        let reader = try JSONObjectReader(parsing: body[...])
        try check(reader, at: "", known: ["events", "conditions"])
        let events = try reader.rawElements("events") ?? []
        let conditions = try reader.rawElements("conditions") ?? []
        return NewFrame(
            events: try events.enumerated().map { index, bytes in
                let place = "events[\(index)]"
                return try event(try object(bytes, at: place), at: place + ".", stream: nil)
            },
            conditions: try conditions.enumerated().map { index, bytes in
                let place = "conditions[\(index)]"
                return try condition(try object(bytes, at: place), at: place + ".")
            }
        )
    }

    /// `any`, `none`, `exists` or a revision.
    static func expected(_ text: String, field: String) throws(Problem) -> ExpectedRevision {
        switch text {
        case "any": return .any
        case "none": return .none
        case "exists": return .exists
        default:
            guard let revision = Revision(text) else {
                throw .invalidInput(
                    field,
                    "\(field) must be any, none, exists or a revision, not \(text.debugDescription)"
                )
            }
            return .exactly(revision)
        }
    }

    private static func event(
        _ object: JSONObjectReader,
        at place: String,
        stream: StreamName?
    ) throws -> NewEvent {
        try check(
            object,
            at: place,
            known: ["type", "data", "id", "tags", "meta"] + (stream == nil ? ["stream"] : [])
        )
        return try naming(place) {
            let stream =
                try stream
                ?? PathNames.stream(try object.required("stream", JSONObjectReader.string), for: .writing)
            let type = try object.required("type", JSONObjectReader.string)
            let tags = try object.strings("tags") ?? []
            let id = try object.string("id").map { (text) throws(Problem) in
                guard let id = EventID(text) else {
                    throw .invalidInput(
                        "id",
                        "\"id\" must be a UUID, not \(text.prefix(80).debugDescription)"
                    )
                }
                return id
            }
            return NewEvent(
                stream: stream,
                type: try PathNames.eventType(type),
                data: object.raw("data") ?? [],
                meta: try object.rawObject("meta") ?? [],
                tags: tags,
                id: id
            )
        }
    }

    private static func condition(_ object: JSONObjectReader, at place: String) throws -> AppendCondition {
        if object.raw("query") != nil {
            try check(object, at: place, known: ["query", "after"])
            return try naming(place) {
                guard let bytes = try object.rawObject("query") else {
                    throw JSONError.missing(member: "query")
                }
                let query = try JSONObjectReader(parsing: bytes)
                try check(query, at: "query.", known: ["types", "tags", "category"])
                let after = try object.required("after", JSONObjectReader.integer)
                guard after >= 0 else {
                    throw Problem.invalidInput("after", "\"after\" must be a position, not \(after)")
                }
                return .noEvent(
                    matching: EventQuery(
                        types: Set(try query.strings("types") ?? []),
                        tags: Set(try query.strings("tags") ?? []),
                        category: try query.string("category")
                    ),
                    after: Position(after)
                )
            }
        }
        try check(object, at: place, known: ["stream", "expected"])
        return try naming(place) {
            let stream = try PathNames.stream(
                try object.required("stream", JSONObjectReader.string),
                for: .writing
            )
            let expected = try object.value("expected").map {
                $0.integer.map { String($0) } ?? $0.string ?? $0.kind
            }
            guard let expected else { throw JSONError.missing(member: "expected") }
            return .stream(stream, try Self.expected(expected, field: "expected"))
        }
    }

    private static func object(_ bytes: ArraySlice<UInt8>, at place: String) throws -> JSONObjectReader {
        do {
            return try JSONObjectReader(parsing: bytes)
        } catch JSONError.wrongKind(_, let expected, let found) {
            throw JSONError.wrongKind(member: place, expected: expected, found: found)
        }
    }

    /// A member that nobody reads is likely a slip, and would be lost without a word.
    private static func check(_ object: JSONObjectReader, at place: String, known: [String]) throws(Problem) {
        guard let stranger = object.names.first(where: { !known.contains($0) }) else { return }
        let field = place + stranger
        let listed = known.joined(separator: ", ")
        throw .invalidInput(field, "there is no member \(field.debugDescription); known are \(listed)")
    }

    /// Puts the place of an element before the field that a problem names, so that one of a thousand can be
    /// found.
    private static func naming<Value>(_ place: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch  where !place.isEmpty {
            var problem = Problem(describing: error)
            problem.detail = "\(place.dropLast()): \(problem.detail)"
            for index in problem.members.indices where problem.members[index].name == "field" {
                problem.members[index].value = .string(place + (problem.members[index].value.string ?? ""))
            }
            throw problem
        }
    }
}

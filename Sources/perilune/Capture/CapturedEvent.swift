import EventLog
import Runtime

/// An event as a fixture holds it: what scripts are shown of it, without what the host knows about it.
struct CapturedEvent: Equatable {
    let stream: String
    let type: String
    let data: JSONValue
    let tags: [String]
    /// The version of the data, from 1.
    let schema: Int64
    /// RFC 3339.
    let time: String
    /// What scripts wrote into the meta; the host's own members aren't here.
    let meta: [String: JSONValue]

    let position: Position
    let revision: Revision

    /// What the host writes into the meta of each event that a script decided.
    private static let hostNames: Set<String> = ["by", "causation", "correlation", "rule", "schema"]

    /// Whether it is the host's own bookkeeping.
    var isHostOwned: Bool { stream.hasPrefix("$") }

    /// An event of the API; nil for what is none.
    init?(_ event: JSONValue) {
        guard let stream = event["stream"]?.string, let type = event["type"]?.string,
            let time = event["time"]?.string, let position = event["position"]?.integer,
            let revision = event["revision"]?.integer
        else { return nil }
        self.init(
            stream: stream,
            type: type,
            data: event["data"] ?? .null,
            tags: (event["tags"]?.array ?? []).compactMap(\.string),
            time: time,
            meta: event["meta"]?.object ?? [:],
            position: Position(position),
            revision: Revision(revision)
        )
    }

    /// An event of a log.
    ///
    /// - Throws: `JSONError` for data that isn't JSON, which no host writes.
    init(_ event: RecordedEvent) throws(JSONError) {
        self.init(
            stream: event.stream.text,
            type: event.type,
            data: event.data.isEmpty ? .null : try JSONValue(parsing: event.data),
            tags: event.tags,
            time: TimeText.format(event.time),
            meta: event.meta.isEmpty ? [:] : try JSONValue(parsing: event.meta).object ?? [:],
            position: event.position,
            revision: event.revision
        )
    }

    private init(
        stream: String,
        type: String,
        data: JSONValue,
        tags: [String],
        time: String,
        meta: [String: JSONValue],
        position: Position,
        revision: Revision
    ) {
        self.stream = stream
        self.type = type
        self.data = data
        self.tags = tags
        schema = meta["schema"]?.integer ?? 1
        self.time = time
        self.meta = meta.filter { !Self.hostNames.contains($0.key) }
        self.position = position
        self.revision = revision
    }

    /// The same event with other names and values.
    func with(stream: String, data: JSONValue, tags: [String], meta: [String: JSONValue]) -> CapturedEvent {
        var whole = meta
        whole["schema"] = .integer(schema)
        return CapturedEvent(
            stream: stream,
            type: type,
            data: data,
            tags: tags,
            time: time,
            meta: whole,
            position: position,
            revision: revision
        )
    }

    /// As it stands in a fixture; what is as usual is left out.
    var document: JSONValue {
        var members: [String: JSONValue] = [
            "stream": .string(stream), "type": .string(type), "time": .string(time),
        ]
        if data != .null { members["data"] = data }
        if !tags.isEmpty { members["tags"] = .array(tags.map(JSONValue.string)) }
        if schema != 1 { members["schema"] = .integer(schema) }
        if !meta.isEmpty { members["meta"] = .object(meta) }
        return .object(members)
    }
}

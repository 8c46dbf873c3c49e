import EventLog

/// Where a step comes from: stamped on everything that it emits, so that each decision can be explained.
///
/// In an event's meta: `by` what decided, `causation` the id of the event or command that it answers,
/// `correlation` the conversation, `rule` the hash of the script set, `schema` the version of its data when
/// it isn't the first.
struct StepOrigin: Sendable {
    let by: String
    let causation: String
    let correlation: String
    let rule: String

    /// The meta that every event of the step shares.
    ///
    /// The four values never need escapes: names are checked at load, ids and hashes are hexadecimal, and a
    /// correlation is checked by `CorrelationID` where it enters.
    private let meta: [UInt8]

    /// Room for the names, a hash, two UUIDs and a name of usual length.
    private static let metaBytes = 192

    private init(by: String, causation: String, correlation: String, rule: String) {
        self.by = by
        self.causation = causation
        self.correlation = correlation
        self.rule = rule
        // Piece by piece: a step makes one of these, and putting strings together costs more than the rest.
        var meta: [UInt8] = []
        meta.reserveCapacity(Self.metaBytes)
        meta += "{\"by\":\"".utf8
        meta += by.utf8
        meta += "\",\"causation\":\"".utf8
        meta += causation.utf8
        meta += "\",\"correlation\":\"".utf8
        meta += correlation.utf8
        meta += "\",\"rule\":\"".utf8
        meta += rule.utf8
        meta += "\"}".utf8
        self.meta = meta
    }

    /// The step of a processor on an event; an event without a correlation starts one, under its own id.
    init(processor: String, event: RecordedEvent, rule: String) {
        let id = event.id.description
        let correlation = Self.correlation(of: event) ?? id
        self.init(by: processor, causation: id, correlation: correlation, rule: rule)
    }

    /// A command from outside.
    init(command: Command, id: EventID, rule: String) {
        let by = command.aggregate + "." + command.name
        let correlation = command.correlation ?? id.description
        self.init(by: by, causation: id.description, correlation: correlation, rule: rule)
    }

    /// The meta of an event of this step; a script's own `meta` option is kept, the host's names win.
    func meta(adding extra: ArraySlice<UInt8>?, version: Int64? = nil) throws(JSONError) -> [UInt8] {
        guard let extra else {
            guard let version else { return meta }
            return Array(meta.dropLast()) + Array(",\"\(EventSchemas.metaName)\":\(version)}".utf8)
        }
        var members = try JSONValue(parsing: extra).object ?? [:]
        members["by"] = .string(by)
        members["causation"] = .string(causation)
        members["correlation"] = .string(correlation)
        members["rule"] = .string(rule)
        members[EventSchemas.metaName] = version.map(JSONValue.integer)
        return try JSONValue.object(members).bytes()
    }

    /// Reads the correlation out of an event's meta.
    ///
    /// The host writes it in this form and without escapes: looking for the bytes saves parsing the meta of
    /// every event that is processed. What somebody else wrote in another form is no correlation.
    private static func correlation(of event: RecordedEvent) -> String? {
        event.withMeta { meta in
            var start = 0
            while start + name.count < meta.count {
                guard meta[start] == name[0], meta[start..<start + name.count].elementsEqual(name) else {
                    start += 1
                    continue
                }
                let value = meta[(start + name.count)...]
                guard let end = value.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
                let text = String(decoding: value[..<end], as: UTF8.self)
                return CorrelationID.isValid(text) ? text : nil
            }
            return nil
        }
    }

    private static let name = Array("\"correlation\":\"".utf8)
}

/// The id of a conversation, as a caller may choose it.
public enum CorrelationID {
    /// Bytes: a UUID with a prefix, a W3C trace id, an order number.
    public static let bytesMax = 128

    /// Whether a text can be one: printable ASCII without quotes and backslashes.
    public static func isValid(_ text: String) -> Bool {
        (1...bytesMax).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
            }
    }
}

import EventLog

/// What `StepOrigin` wrote into the meta of an event: which step asked for it, and by which rules.
struct StepStamp: Hashable, Sendable {
    /// What decided: a processor, or `aggregate.command`.
    let by: String

    /// The id of the event that the step answered, or of a command's record; nil for what time alone asked
    /// for.
    let causation: EventID?

    /// The conversation.
    let correlation: String

    /// Hash of the script set.
    let rule: String

    /// Reads the stamp of an event; nil for one that no step asked for.
    init?(of event: RecordedEvent) {
        if let stamp = event.withMeta(Self.read) {
            self = stamp
            return
        }
        // Meta that a script added its own to, or that somebody outside wrote.
        guard let meta = try? JSONValue(parsing: event.meta), let by = meta["by"]?.string,
            let rule = meta["rule"]?.string
        else { return nil }
        self.by = by
        self.rule = rule
        causation = meta["causation"]?.string.flatMap { EventID($0) }
        correlation = meta["correlation"]?.string ?? ""
    }

    /// The member without which no meta is a stamp.
    static let ruleName = "rule"

    /// Whether the meta of an event from outside says that scripts have decided it, and would lead whoever
    /// asks for its reason astray.
    static func isClaimed(by meta: ArraySlice<UInt8>) -> Bool {
        guard mayNameRule(meta) else { return false }
        // What is no JSON is refused where it enters.
        return (try? JSONValue(parsing: meta))?[ruleName] != nil
    }

    /// Saves parsing most metas; behind a backslash any name may be.
    private static func mayNameRule(_ meta: ArraySlice<UInt8>) -> Bool {
        let name = Array(ruleName.utf8)
        guard meta.count > name.count, !meta.contains(UInt8(ascii: "\\")) else { return !meta.isEmpty }
        return (meta.startIndex...meta.endIndex - name.count).contains { start in
            meta[start] == name[0] && meta[start..<start + name.count].elementsEqual(name)
        }
    }

    private init(by: String, causation: EventID?, correlation: String, rule: String) {
        self.by = by
        self.causation = causation
        self.correlation = correlation
        self.rule = rule
    }

    /// Reads the form that most meta has, without parsing it as JSON: one look at each event of a log.
    private static func read(_ meta: UnsafeRawBufferPointer) -> StepStamp? {
        var place = 0
        func value(behind name: StaticString) -> String? {
            let count = name.utf8CodeUnitCount
            guard place + count <= meta.count else { return nil }
            for index in 0..<count where meta[place + index] != name.utf8Start[index] { return nil }
            let start = place + count
            var end = start
            while end < meta.count, meta[end] != UInt8(ascii: "\"") {
                if meta[end] == UInt8(ascii: "\\") { return nil }
                end += 1
            }
            place = end
            return String(decoding: UnsafeRawBufferPointer(rebasing: meta[start..<end]), as: UTF8.self)
        }
        guard let by = value(behind: #"{"by":""#),
            let causation = value(behind: #"","causation":""#),
            let correlation = value(behind: #"","correlation":""#),
            let rule = value(behind: #"","rule":""#)
        else { return nil }
        return StepStamp(by: by, causation: EventID(causation), correlation: correlation, rule: rule)
    }
}

extension StepStamp {
    private static let members: Set<String> = ["by", "causation", "correlation", "rule"]

    /// Whether two pieces of meta say the same beside their stamps: what a script has put there.
    static func haveSame(_ one: ArraySlice<UInt8>, _ two: ArraySlice<UInt8>) -> Bool {
        one == two || own(one) == own(two)
    }

    private static func own(_ meta: ArraySlice<UInt8>) -> JSONValue? {
        // Meta that isn't an object has no stamp either.
        guard let object = try? JSONValue(parsing: meta).object else { return nil }
        return .object(object.filter { !members.contains($0.key) })
    }
}

extension EventID {
    /// The position that a derived id was made from, in the log that made it; nil for any other id.
    ///
    /// So most events can be found by their ids without an index of ids.
    func position(in log: EventID) -> Position? {
        let candidate = low & 0x0000_FFFF_FFFF_FFFF
        return candidate > 0 && EventID.derived(from: log, position: candidate) == self ? candidate : nil
    }
}

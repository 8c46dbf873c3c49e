import Runtime

/// Takes personal data out of captured events: the values of members that are named.
///
/// A text becomes `email-1`, a number 1, counted by member in the order in which values first appear: so the
/// same events give the same fixture, equal values stay equal, and nothing can be computed back. Where a
/// redacted text is also the key of a stream, a tag or the end of one (`customer:ada`), or all of another
/// text, it is replaced there too. In the middle of a longer text it stays.
struct Redaction {
    let names: [String]

    private var replacements: [JSONValue: JSONValue] = [:]
    private var counts: [String: Int64] = [:]
    /// The names of members that were found.
    private(set) var found: Set<String> = []

    /// Members of the data of events, at any depth.
    init(_ names: [String] = []) {
        self.names = names
    }

    /// Names that no event had: spelt otherwise in the events, and so not redacted.
    var unused: [String] { names.filter { !found.contains($0) } }

    /// The events without the values; of all events, since one that comes late may name what comes early.
    mutating func redact(_ events: [CapturedEvent]) -> [CapturedEvent] {
        guard !names.isEmpty else { return events }
        for event in events { learn(event.data) }
        return events.map(redacted)
    }

    private mutating func learn(_ value: JSONValue) {
        switch value {
        case .array(let elements): for element in elements { learn(element) }
        case .object(let members):
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                if names.contains(name) {
                    found.insert(name)
                    replace(member, as: name)
                } else {
                    learn(member)
                }
            }
        default: break
        }
    }

    private mutating func replace(_ value: JSONValue, as name: String) {
        switch value {
        case .array(let elements): for element in elements { replace(element, as: name) }
        case .object(let members):
            for (_, member) in members.sorted(by: { $0.key < $1.key }) { replace(member, as: name) }
        case .string, .integer, .float:
            guard replacements[value] == nil else { return }
            counts[name, default: 0] += 1
            let number = counts[name, default: 0]
            replacements[value] =
                switch value {
                case .string: .string("\(name)-\(number)")
                case .float: .float(Double(number))
                default: .integer(number)
                }
        case .bool, .null: break
        }
    }

    private func redacted(_ event: CapturedEvent) -> CapturedEvent {
        let parts = event.stream.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let key = parts.count == 2 ? "-" + text(String(parts[1])) : ""
        return event.with(
            stream: parts[0] + key,
            data: redacted(event.data, isNamed: false),
            tags: event.tags.map(tag),
            meta: event.meta.mapValues { redacted($0, isNamed: false) }
        )
    }

    private func redacted(_ value: JSONValue, isNamed: Bool) -> JSONValue {
        switch value {
        case .array(let elements): .array(elements.map { redacted($0, isNamed: isNamed) })
        case .object(let members):
            .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { name, member in
                        (name, redacted(member, isNamed: isNamed || names.contains(name)))
                    }
                )
            )
        case .string(let text): .string(self.text(text))
        // A number elsewhere is equal by chance; a truth that is named says nothing any more.
        case .integer, .float: isNamed ? replacements[value] ?? value : value
        case .bool: isNamed ? .bool(false) : value
        case .null: value
        }
    }

    private func text(_ text: String) -> String { replacements[.string(text)]?.string ?? text }

    private func tag(_ tag: String) -> String {
        guard replacements[.string(tag)] == nil, let colon = tag.firstIndex(of: ":") else { return text(tag) }
        return tag[...colon] + text(String(tag[tag.index(after: colon)...]))
    }
}

import Runtime

/// JSON for people.
enum JSONText {
    /// On one line, canonical.
    static func compact(_ value: JSONValue) -> String {
        // What was parsed can be written; the error exists for values that a program builds.
        (try? value.text()) ?? "null"
    }

    /// As a cell of a table: text without quotes and without harm, nothing for null, everything else on one
    /// line.
    static func cell(_ value: JSONValue?) -> String {
        switch value {
        case nil, .null: ""
        case .string(let text): text.harmless
        case .some(let value): compact(value)
        }
    }

    /// Over several lines, two spaces a level; members in alphabetical order.
    static func pretty(_ value: JSONValue, indent: String = "") -> String {
        let inner = indent + "  "
        switch value {
        case .array(let elements) where !elements.isEmpty:
            let lines = elements.map { inner + pretty($0, indent: inner) }
            return "[\n" + lines.joined(separator: ",\n") + "\n" + indent + "]"
        case .object(let members) where !members.isEmpty:
            let lines = members.sorted { $0.key < $1.key }.map { name, value in
                inner + compact(.string(name)) + ": " + pretty(value, indent: inner)
            }
            return "{\n" + lines.joined(separator: ",\n") + "\n" + indent + "}"
        default: return compact(value)
        }
    }
}

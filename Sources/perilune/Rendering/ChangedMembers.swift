import Runtime

/// Two values that differ, as a person wants to see them: the members that do, and not what stays.
enum ChangedMembers {
    /// `total 200 → 190, lines[2].sku "pear" → "plum"`; values that aren't both objects, or lists of one
    /// length, are told whole.
    static func text(_ old: JSONValue, _ new: JSONValue) -> String {
        var changes: [String] = []
        collect(old, new, at: "", into: &changes)
        return changes.joined(separator: ", ")
    }

    private static func collect(
        _ old: JSONValue?,
        _ new: JSONValue?,
        at path: String,
        into changes: inout [String]
    ) {
        guard old != new else { return }
        if let old = old?.object, let new = new?.object {
            for name in Set(old.keys).union(new.keys).sorted() {
                collect(old[name], new[name], at: path.isEmpty ? name : "\(path).\(name)", into: &changes)
            }
        } else if let old = old?.array, let new = new?.array, old.count == new.count {
            // Lua counts from 1.
            for index in old.indices {
                collect(old[index], new[index], at: "\(path)[\(index + 1)]", into: &changes)
            }
        } else {
            changes.append("\(path.isEmpty ? "" : path + " ")\(told(old)) → \(told(new))")
        }
    }

    private static func told(_ value: JSONValue?) -> String { value.map(JSONText.compact) ?? "nothing" }
}

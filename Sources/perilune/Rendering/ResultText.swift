import Runtime

/// A query's result for people: rows as a table, one row as lines, anything else as JSON.
enum ResultText {
    static func text(_ result: JSONValue) -> String {
        switch result {
        case .array(let rows) where !rows.isEmpty && rows.allSatisfy({ isFlat($0) }): return table(rows)
        case .array(let rows) where rows.isEmpty: return "no rows"
        case .object(let members) where isFlat(result) && !members.isEmpty:
            let width = members.keys.map(\.displayWidth).max() ?? 0
            return members.sorted { $0.key < $1.key }.map { name, value in
                name.padded(to: width) + "  " + JSONText.cell(value)
            }.joined(separator: "\n")
        case .null: return "nothing"
        case .string(let text): return text
        default: return JSONText.pretty(result)
        }
    }

    private static func table(_ rows: [JSONValue]) -> String {
        let columns = Set(rows.flatMap { ($0.object ?? [:]).keys }).sorted()
        var table = TextTable(header: columns)
        for row in rows { table.add(columns.map { JSONText.cell(row[$0]) }) }
        return table.text
    }

    /// Whether it is an object without containers in it.
    private static func isFlat(_ value: JSONValue) -> Bool {
        guard let members = value.object else { return false }
        return members.values.allSatisfy { $0.array == nil && $0.object == nil }
    }
}

import Runtime

/// Results of a prompt for people: events a line each, rows as a table, the rest indented.
enum ValueText {
    static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: "nil"
        case .string(let text): text.harmless
        case .array(let values) where values.isEmpty: "none"
        case .array(let values) where values.allSatisfy(isEvent): values.map(event).joined(separator: "\n")
        case .array(let values) where values.allSatisfy({ $0.object == nil && $0.array == nil }):
            values.map(JSONText.cell).joined(separator: "\n")
        case .object where isEvent(value): event(value)
        case .object where value["links"]?.array != nil: WhyText.text(value)
        case .object where value["decisions"] != nil && value["same"] != nil: DiffText.text(value)
        case .object where value["instructions"] != nil && value["outcome"] != nil: TrialText.text(value)
        case .array(let rows) where rows.allSatisfy({ $0["lag_events"] != nil }): ProcessorText.table(rows)
        case .array(let rows): ResultText.text(.array(rows.map(timed)))
        default: ResultText.text(timed(value))
        }
    }

    /// A row with its time as people read it: scripts have milliseconds since 1970.
    private static func timed(_ row: JSONValue) -> JSONValue {
        guard var members = row.object, let time = row["time"]?.integer else { return row }
        members["time"] = .string(TimeText.format(time * 1_000))
        return .object(members)
    }

    /// One line, cut to the terminal.
    static func event(_ event: JSONValue) -> String {
        text.line(timed(event))
    }

    private static var text: EventText {
        EventText(width: Console.standardOutput.width) { position in
            "events({ from = \(position), limit = 1 })[1].data"
        }
    }

    private static func isEvent(_ value: JSONValue) -> Bool {
        value["position"]?.integer != nil && value["stream"]?.string != nil && value["type"]?.string != nil
            && value["data"] != nil
    }
}

import Runtime

/// What `try` found, for people.
enum TrialText {
    /// `decided in 0.8 ms: 2,113 instructions, 204 bytes`, the events, the states that they change.
    static func text(_ trial: JSONValue) -> String {
        let cost =
            "\(JSONText.cell(trial["instructions"])) instructions, \(JSONText.cell(trial["bytes"])) bytes"
        var lines = [
            "\(JSONText.cell(trial["outcome"])) in \(JSONText.cell(trial["milliseconds"])) ms: \(cost)"
        ]
        if let call = trial["call"]?.string {
            lines.append("  it asks \(call), and its answer isn't in the log")
        }
        if let failure = trial["failure"]?.string { lines.append(failure) }
        let events = trial["events"]?.array ?? []
        if events.isEmpty, trial["failure"] == nil { lines.append("  it asks for nothing") }
        for event in events {
            let place = event["place"]?.string.map { "  at \($0)" } ?? ""
            let name = "\(JSONText.cell(event["stream"]))  \(JSONText.cell(event["type"]))"
            lines.append("  \(name)  \(JSONText.compact(event["data"] ?? .null))\(place)")
        }
        for change in trial["changes"]?.array ?? [] {
            lines.append("  \(JSONText.cell(change["stream"]))")
            lines.append("    - \(JSONText.compact(change["before"] ?? .null))")
            lines.append("    + \(JSONText.compact(change["after"] ?? .null))")
        }
        return lines.joined(separator: "\n")
    }
}

import Runtime

/// What a repair of parked events did, for people.
enum RepairText {
    static func text(_ report: JSONValue) -> String {
        var lines: [String] = []
        for (member, word) in [("retried", "retried"), ("skipped", "skipped")] {
            let positions = report[member]?.array ?? []
            if !positions.isEmpty {
                lines.append("\(word) \(positions.map(JSONText.cell).joined(separator: ", "))")
            }
        }
        for failed in report["failed"]?.array ?? [] {
            lines.append(
                "failed again \(JSONText.cell(failed["position"])): \(summary(of: failed["failure"]))"
            )
        }
        return lines.isEmpty ? "nothing was parked" : lines.joined(separator: "\n")
    }

    /// A failure on one line: `script-error handlers.lua:12: attempt to index a nil value`.
    static func summary(of failure: JSONValue?) -> String {
        guard let failure, !failure.isNull else { return "" }
        let file = JSONText.cell(failure["file"])
        let place = file.isEmpty ? "" : " \(file):\(JSONText.cell(failure["line"]))"
        return "\(JSONText.cell(failure["code"]))\(place): \(JSONText.cell(failure["summary"]))"
    }

    /// Whether something failed again.
    static func hasFailures(_ report: JSONValue) -> Bool {
        !(report["failed"]?.array ?? []).isEmpty
    }
}

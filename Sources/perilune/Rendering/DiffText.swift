import Runtime

/// What `perilune diff` found, for people: first the summary, then the decisions that differ.
enum DiffText {
    /// Decisions, states and rows that are shown; the summary counts all.
    private static let shownMax = 20

    static func text(_ diff: JSONValue) -> String {
        let parts = [
            summary(diff), tallies(diff), changes(diff), states(diff), readModels(diff), notes(diff),
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private static func summary(_ diff: JSONValue) -> String {
        let decisions = diff["decisions"] ?? .null
        let steps = decisions["steps"]?.integer ?? 0
        let changed = decisions["changed"]?.integer ?? 0
        let kinds = (decisions["by_kind"]?.object ?? [:]).sorted { $0.key < $1.key }.compactMap {
            kind,
            count in
            count.integer.flatMap { $0 > 0 ? "\($0) \(kind)" : nil }
        }
        let range = "positions \(JSONText.cell(diff["from"])) to \(JSONText.cell(diff["to"]))"
        let versions = "\(JSONText.cell(diff["old"])) → \(JSONText.cell(diff["new"]))"
        let isRecomputed = diff["downstream"]?.string == "recomputed"
        let kind = isRecomputed ? ", each version on a fork of its own" : ""
        let head = "\(versions), \(steps) decisions at \(range)\(kind)"
        if steps == 0, diff["same"]?.bool == true { return "\(head): there is nothing to compare" }
        guard diff["same"]?.bool != true else { return "\(head): nothing would change\n\(cost(diff))" }
        let list = kinds.isEmpty ? "" : ": " + kinds.joined(separator: ", ")
        return "\(head)\n\(changed) would change\(list)\n\(cost(diff))"
    }

    /// `instructions 12,000 → 13,000 (+8 %)`.
    private static func cost(_ diff: JSONValue) -> String {
        let old = diff["cost"]?["old_instructions"]?.integer ?? 0
        let new = diff["cost"]?["new_instructions"]?.integer ?? 0
        return "instructions \(old) → \(new)\(change(from: old, to: new))"
    }

    private static func change(from old: Int64, to new: Int64) -> String {
        guard old > 0 else { return "" }
        let percent = (Double(new) / Double(old) - 1) * 100
        return " (\(percent < 0 ? "" : "+")\(Int(percent.rounded())) %)"
    }

    private static func tallies(_ diff: JSONValue) -> String {
        let all = (diff["decisions"]?["by"]?.object ?? [:]).filter { ($0.value["changed"]?.integer ?? 0) > 0 }
        guard !all.isEmpty else { return "" }
        var table = TextTable(header: ["decides", "steps", "changed", "how", "instructions"])
        for (name, tally) in all.sorted(by: { $0.key < $1.key }) {
            let kinds = (tally["by_kind"]?.object ?? [:]).sorted { $0.key < $1.key }
            let old = tally["old_instructions"]?.integer ?? 0
            let new = tally["new_instructions"]?.integer ?? 0
            table.add([
                name, JSONText.cell(tally["steps"]), JSONText.cell(tally["changed"]),
                kinds.map { "\(JSONText.cell($0.value)) \($0.key)" }.joined(separator: ", "),
                "\(old) → \(new)",
            ])
        }
        return table.text
    }

    private static func changes(_ diff: JSONValue) -> String {
        let first = diff["decisions"]?["first"]?.array ?? []
        guard !first.isEmpty else { return "" }
        var table = TextTable(header: ["position", "decides", "stream", "how", "old → new"])
        for change in first.prefix(shownMax) {
            table.add([
                JSONText.cell(change["position"]), JSONText.cell(change["by"]),
                JSONText.cell(change["stream"]),
                JSONText.cell(change["change"]),
                decisions(change["old"] ?? .null, change["new"] ?? .null),
            ])
        }
        let count = diff["decisions"]?["changed"]?.integer ?? 0
        return table.text + rest(count)
    }

    private static func rest(_ count: Int64) -> String {
        count > shownMax ? "\nand \(count - Int64(shownMax)) more" : ""
    }

    /// `OrderPlaced total 5 → 4`, when both come to the same events with other data; else both whole.
    private static func decisions(_ old: JSONValue, _ new: JSONValue) -> String {
        let events = (old["events"]?.array ?? [], new["events"]?.array ?? [])
        let areAlike =
            old["refused"] == new["refused"] && old["end"] == new["end"]
            && events.0.map(withoutData) == events.1.map(withoutData)
        guard areAlike else { return "\(decision(old)) → \(decision(new))" }
        let changed = zip(events.0, events.1).filter { $0 != $1 }.map { old, new in
            let change = ChangedMembers.text(old["data"] ?? .null, new["data"] ?? .null)
            return "\(JSONText.cell(old["type"])) \(change)"
        }
        return changed.joined(separator: "; ")
    }

    private static func withoutData(_ event: JSONValue) -> JSONValue {
        var members = event.object ?? [:]
        members["data"] = nil
        return .object(members)
    }

    /// `OrderPlaced {"total":5}`, `refused sold-out`, `nothing`.
    private static func decision(_ decision: JSONValue) -> String {
        var parts = (decision["events"]?.array ?? []).map { event in
            JSONText.cell(event["type"]) + " " + JSONText.compact(event["data"] ?? .null)
        }
        if let refused = decision["refused"] { parts.append("refused \(JSONText.cell(refused["code"]))") }
        if let end = decision["end"]?.string { parts.append(end) }
        return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
    }

    private static func states(_ diff: JSONValue) -> String {
        let count = diff["states"]?["changed"]?.integer ?? 0
        guard count > 0 else { return "" }
        var table = TextTable(header: ["state of", "old → new"])
        for state in (diff["states"]?["first"]?.array ?? []).prefix(shownMax) {
            let (old, new) = (state["old"] ?? .null, state["new"] ?? .null)
            table.add([JSONText.cell(state["stream"]), ChangedMembers.text(old, new)])
        }
        return table.text + rest(count)
    }

    private static func readModels(_ diff: JSONValue) -> String {
        let changed = diff["read_models"]?.array ?? []
        guard !changed.isEmpty else { return "" }
        var table = TextTable(header: ["projection", "table", "rows", "gone", "come", "remark"])
        for rows in changed {
            table.add([
                JSONText.cell(rows["projection"]), JSONText.cell(rows["table"]),
                "\(JSONText.cell(rows["old_rows"])) → \(JSONText.cell(rows["new_rows"]))",
                JSONText.cell(rows["only_old"]), JSONText.cell(rows["only_new"]),
                JSONText.cell(rows["reason"]),
            ])
        }
        return table.text
    }

    private static func recomputedNotes(_ facts: JSONValue) -> [String] {
        var notes: [String] = []
        let (all, again) = (facts["recorded_events"]?.integer ?? 0, facts["old_as_recorded"]?.integer ?? 0)
        if again < all {
            notes.append(
                "the old scripts came to \(again) of \(all) recorded events again; the others hang on an "
                    + "order, a time, an answer or a version that isn't simulated"
            )
        }
        for version in ["old", "new"] {
            if let count = facts["\(version)_held_up"]?.integer, count > 0 {
                notes.append(
                    "\(count) steps of the \(version) scripts aren't run: an earlier event of their key "
                        + "failed"
                )
            }
        }
        return notes
    }

    private static func notes(_ diff: JSONValue) -> String {
        var notes: [String] = []
        let decisions = diff["decisions"] ?? .null
        if let count = decisions["calling_out"]?.integer, count > 0 {
            notes.append("\(count) steps call out, and were compared up to their call")
        }
        if let count = decisions["without_time"]?.integer, count > 0 {
            notes.append(
                "\(count) commands were recorded without their time, and decided at that of their frame"
            )
        }
        return (notes + recomputedNotes(diff["recomputed"] ?? .null)).joined(separator: "\n")
    }
}

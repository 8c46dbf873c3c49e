import Runtime

/// The chain of `perilune why` for people: each event, and under it how it came to be.
enum WhyText {
    static func text(_ why: JSONValue) -> String {
        (why["links"]?.array ?? []).map(link).joined(separator: "\n")
    }

    /// `17  order-42@0  OrderPlaced  2026-08-01 09:30:00.000`, and lines with `←`.
    private static func link(_ link: JSONValue) -> String {
        let name = JSONText.cell(link["stream"]) + "@" + JSONText.cell(link["revision"])
        let time = EventText.time(JSONText.cell(link["time"]))
        let head = [JSONText.cell(link["position"]), name, JSONText.cell(link["type"]), time]
        var lines = [head.joined(separator: "  ")]
        switch link["origin"]?.string {
        case "step": lines += step(link["step"] ?? .null)
        case "command": lines += command(link["command"] ?? .null)
        case "schedule": lines.append("  ← the schedule \(JSONText.cell(link["schedule"])) ticked")
        case "host": lines.append("  ← the host's own record")
        default: lines.append("  ← appended from outside")
        }
        if let lost = link["lost"]?.string { lines.append("    the chain ends here: \(lost)") }
        return lines.joined(separator: "\n")
    }

    private static func step(_ step: JSONValue) -> [String] {
        let command = step["command"]?.string.map { ", command \($0)" } ?? ""
        let place = step["place"]?.string.map { " at \($0)" } ?? ""
        var lines = ["  ← \(JSONText.cell(step["by"]))\(command)\(place), \(rule(step))"]
        if let doubt = step["doubt"]?.string { lines.append("    \(doubt)") }
        for seen in step["saw"]?.array ?? [] { lines.append("    saw \(self.seen(seen))") }
        for attempt in step["attempts"]?.array ?? [] {
            let failure = attempt["failure"]?.string.map { ": \($0)" } ?? ""
            let time = EventText.time(JSONText.cell(attempt["time"]))
            lines.append("    \(JSONText.cell(attempt["what"])) \(time)\(failure)")
        }
        return lines
    }

    /// `scripts 0123456789abcdef, live since position 1 (2026-08-01 …), by anna: "cheaper"`.
    private static func rule(_ step: JSONValue) -> String {
        let hash = "scripts " + JSONText.cell(step["rule"])
        guard let published = step["published"], !published.isNull else { return hash }
        let time = EventText.time(JSONText.cell(published["time"]))
        let author = published["author"]?.string.map { " by \($0)" } ?? ""
        let note = published["note"]?.string.map { ": \($0)" } ?? ""
        return
            "\(hash), live since position \(JSONText.cell(published["position"])) (\(time))\(author)\(note)"
    }

    private static func seen(_ seen: JSONValue) -> String {
        if let stream = seen["stream"]?.string {
            return seen["revision"]?.integer.map { "\(stream) up to revision \($0)" }
                ?? "\(stream), still empty"
        }
        let parts = [("types", seen["types"]), ("tags", seen["tags"])].compactMap { name, list in
            let texts = (list?.array ?? []).compactMap(\.string)
            return texts.isEmpty ? nil : "\(name) \(texts.joined(separator: ", "))"
        }
        let category = seen["category"]?.string.map { ["category \($0)"] } ?? []
        return "events of \((category + parts).joined(separator: ", ")) up to position "
            + JSONText.cell(seen["up_to"])
    }

    private static func command(_ command: JSONValue) -> [String] {
        let asked = JSONText.cell(command["asked"])
        var lines = ["  ← command \(asked) \(JSONText.compact(command["arguments"] ?? .null)) from outside"]
        if let correlation = command["correlation"]?.string { lines.append("    correlation \(correlation)") }
        if let refused = command["refused"], !refused.isNull {
            lines.append("    refused: \(JSONText.cell(refused["code"])), \(JSONText.cell(refused["text"]))")
        }
        return lines
    }
}

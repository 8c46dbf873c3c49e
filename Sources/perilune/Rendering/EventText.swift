import Runtime

/// Events for people: one line each, cut to the terminal.
struct EventText {
    /// Columns that a line may take; nil when nothing has to fit.
    let width: Int?

    /// `17  2026-08-01 09:30:00.000  order-42@0  OrderPlaced  {"total":5}`.
    func line(_ event: JSONValue) -> String {
        let stream = JSONText.cell(event["stream"]) + "@" + JSONText.cell(event["revision"])
        let tags = (event["tags"]?.array ?? []).compactMap(\.string).map { " #" + $0 }.joined()
        let parts = [
            Self.pad(JSONText.cell(event["position"]), 6), Self.time(JSONText.cell(event["time"])),
            Self.pad(stream, 20), Self.pad(JSONText.cell(event["type"]) + tags, 16),
            JSONText.compact(event["data"] ?? .null),
        ]
        return fit(parts.joined(separator: "  "))
    }

    /// To the millisecond, in UTC: enough to tell events apart by eye.
    static func time(_ text: String) -> String {
        guard let dot = text.firstIndex(of: ".") else { return text }
        return String(text[..<dot].replacing("T", with: " ") + text[dot...].prefix(4))
    }

    private func fit(_ line: String) -> String {
        guard let width, line.count > width else { return line }
        return line.prefix(max(1, width - 1)) + "…"
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}

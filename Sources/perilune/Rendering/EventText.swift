import Runtime

/// Events for people: one line each, cut to the terminal.
struct EventText {
    /// Columns that a line may take; nil when nothing has to fit.
    let width: Int?

    /// How somebody gets to see an event whole, said where much of a large one is cut away.
    var whole: (_ position: String) -> String = { _ in "--json shows it" }

    /// Bytes of data from which on a cut line says how large it is: some screens of text.
    private static let largeBytes = 4_096

    /// `17  2026-08-01 09:30:00.000  order-42@0  OrderPlaced  {"total":5}`.
    func line(_ event: JSONValue) -> String {
        let stream = JSONText.cell(event["stream"]) + "@" + JSONText.cell(event["revision"])
        let tags = (event["tags"]?.array ?? []).compactMap(\.string).map { " #" + $0 }.joined()
        let position = JSONText.cell(event["position"])
        let data = JSONText.compact(event["data"] ?? .null)
        let parts = [
            position.padded(to: 6), Self.time(JSONText.cell(event["time"])), stream.padded(to: 20),
            (JSONText.cell(event["type"]) + tags).padded(to: 16), data,
        ]
        return fit(parts.joined(separator: "  "), position, bytes: data.utf8.count)
    }

    /// To the millisecond, in UTC: enough to tell events apart by eye.
    static func time(_ text: String) -> String {
        guard let dot = text.firstIndex(of: ".") else { return text }
        return String(text[..<dot].replacing("T", with: " ") + text[dot...].prefix(4))
    }

    private func fit(_ line: String, _ position: String, bytes: Int) -> String {
        guard let width, line.isWider(than: width) else { return line }
        var end = "…"
        if bytes >= Self.largeBytes { end += " \(ByteText.text(bytes)); \(whole(position))" }
        return line.prefix(columns: max(1, width - end.displayWidth)) + end
    }
}

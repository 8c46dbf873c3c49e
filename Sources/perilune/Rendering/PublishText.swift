import Runtime

/// What became of scripts that were published, for people.
enum PublishText {
    /// `live     3f2a… from position 1235 on: handler reserve-stock, + query totals (9 ms)`.
    static func line(_ report: PublishReport, milliseconds: Double) -> String {
        let what = report.changes.isEmpty ? "code that no definition names" : list(report.changes)
        return "live     \(report.hash) from position \(report.position + 1) on: \(what) "
            + "(\(Int(milliseconds.rounded())) ms)"
    }

    /// The answer of `POST /scripts`.
    static func text(_ answer: JSONValue) -> String {
        let hash = answer["hash"]?.string ?? ""
        if hash == answer["parent"]?.string { return "\(hash) is live already: nothing changes" }
        let changes = answer["changes"]?.array?.compactMap(\.string) ?? []
        let doubts = answer["doubts"]?.array?.compactMap(\.string) ?? []
        var lines = [
            answer["live"]?.bool == true
                ? "\(hash) is live from position \((answer["position"]?.integer ?? 0) + 1) on"
                : "\(hash) can go live",
            "before: \(answer["parent"]?.string ?? "")",
        ]
        lines += changes.map { "  " + $0 }
        lines += doubts.map { "doubt: " + $0 }
        return lines.joined(separator: "\n")
    }

    /// The answer of `GET /scripts` as a table, the newest first.
    static func history(_ answer: JSONValue, limit: Int) -> String {
        let all = answer["scripts"]?.array ?? []
        guard !all.isEmpty else { return "the log has no scripts" }
        var table = TextTable(header: ["", "hash", "position", "time", "from", "author", "note"])
        let live = answer["live"]?.string
        let newest = all.lastIndex { $0["hash"]?.string == live }
        for (index, scripts) in all.enumerated().reversed().prefix(limit) {
            table.add([
                index == newest ? "*" : "", scripts["hash"]?.string ?? "",
                String(scripts["position"]?.integer ?? 0), scripts["time"]?.string ?? "",
                scripts["origin"]?.string ?? "", scripts["author"]?.string ?? "",
                scripts["note"]?.string ?? "",
            ])
        }
        return table.text
    }

    private static func list(_ changes: [String]) -> String {
        let rest = changes.count - changesMax
        return changes.prefix(changesMax).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }

    /// Changes in the one line: more are in the answer of the API.
    private static let changesMax = 6
}

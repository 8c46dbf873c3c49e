import Foundation

/// A table of `Delivery.md`: what a crash at each fail point leaves behind.
struct CrashTable {
    /// What the page says of one crash.
    struct Cell: Sendable, CustomStringConvertible {
        /// The fail point as a process is told it, `frame-written:2`.
        let point: String
        let column: String
        let outcome: String

        var description: String { "\(column) at \(point): \(outcome)" }
    }

    let cells: [Cell]

    /// Reads the table that has a column of this name.
    init(with column: String) throws {
        let page = Places.repository + "/Sources/Runtime/Runtime.docc/Delivery.md"
        let lines = try String(contentsOfFile: page, encoding: .utf8).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        let head = lines.firstIndex { $0.hasPrefix("| crash at |") && Self.columns($0).contains(column) }
        guard let head else { throw StoryFailure("\(page) has no crash table with \(column)") }
        let names = Self.columns(lines[head])
        cells = try lines[(head + 2)...].prefix { $0.hasPrefix("|") }.flatMap { line in
            let row = Self.columns(line)
            guard row.count == names.count else { throw StoryFailure("a row of other columns: \(line)") }
            let point = row[0].trimmingCharacters(in: ["`"])
            return zip(names, row).dropFirst(2).map { Cell(point: point, column: $0, outcome: $1) }
        }
    }

    private static func columns(_ line: Substring) -> [String] {
        line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// The names of the fail points, each once.
    var points: Set<String> { Set(cells.map { String($0.point.prefix { $0 != ":" }) }) }
}

/// Rows in columns for people: as wide as needed, two spaces between them, the last column as it is.
struct TextTable {
    private var rows: [[String]]

    init(header: [String]) {
        rows = [header.map { $0.uppercased() }]
    }

    mutating func add(_ row: [String]) {
        rows.append(row)
    }

    /// The lines, header first.
    var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { index, cell in
                let padding = index == row.count - 1 ? 0 : widths[index] - cell.count
                return cell + String(repeating: " ", count: padding)
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}

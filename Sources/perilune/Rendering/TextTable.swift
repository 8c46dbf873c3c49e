/// Rows in columns for people: as wide as needed, two spaces between them, the last column as it is.
struct TextTable {
    private var rows: [[String]]

    init(header: [String]) {
        rows = [header.map { $0.uppercased() }]
    }

    /// Adds a row; a cell that would fill screens is cut, and says of how much.
    mutating func add(_ row: [String]) {
        rows.append(row.map(Self.cut))
    }

    private static func cut(_ cell: String) -> String {
        let cell = cell.harmlessLine
        guard cell.utf8.count > cellBytesMax else { return cell }
        return cell.prefix(columns: cellColumnsMax) + "… \(ByteText.text(cell.utf8.count))"
    }

    /// A larger cell says nothing to the eye, and makes its column as wide in all rows.
    private static let cellBytesMax = 1_024
    private static let cellColumnsMax = 80

    /// The lines, header first.
    var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].displayWidth : 0 }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell.padded(to: widths[index])
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}

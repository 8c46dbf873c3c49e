/// Sizes and counts for people.
enum ByteText {
    /// `734 bytes`, `12.3 MiB`.
    static func text(_ bytes: Int) -> String {
        var unit = -1
        var value = Double(bytes)
        while value >= 1_024, unit < units.count - 1 {
            value /= 1_024
            unit += 1
        }
        guard unit >= 0 else { return count(bytes, "byte") }
        let tenths = Int(value * 10 + 0.5)
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    /// `1 segment`, `2 segments`.
    static func count(_ count: Int, _ word: String) -> String { "\(count) \(word)" + (count == 1 ? "" : "s") }

    private static let units = ["KiB", "MiB", "GiB", "TiB"]
}

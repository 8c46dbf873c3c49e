/// Durations as people write them: a whole number and a unit, `200ms`, `5s`, `15m`, `1h`, `2d`.
public enum DurationText {
    private static let units: [(suffix: String, microseconds: Int64)] = [
        ("ms", 1_000), ("us", 1), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000),
        ("d", 86_400_000_000),
    ]

    /// The duration in microseconds; nil for any other text, and for one that overflows.
    public static func microseconds(_ text: String) -> Int64? {
        for unit in units where text.hasSuffix(unit.suffix) {
            guard let count = Int64(text.dropLast(unit.suffix.count)), count >= 0 else { continue }
            let (product, overflow) = count.multipliedReportingOverflow(by: unit.microseconds)
            return overflow ? nil : product
        }
        return nil
    }
}

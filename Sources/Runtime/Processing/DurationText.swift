/// Durations as people write them: whole numbers with units, `200ms`, `5s`, `15m`, `1h30m`, `2d`, `1w`.
///
/// Several units stand in descending order, each at most once, as in `time.duration` of scripts.
public enum DurationText {
    private static let units: [(suffix: String, microseconds: Int64)] = [
        ("w", 604_800_000_000), ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000),
        ("s", 1_000_000), ("ms", 1_000), ("us", 1),
    ]

    /// The duration in microseconds; nil for any other text, and for one that overflows.
    public static func microseconds(_ text: String) -> Int64? {
        var rest = text[...]
        var units = units[...]
        var total: Int64 = 0
        repeat {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let suffix = rest.dropFirst(digits.count).prefix { $0.isASCII && $0.isLetter }
            guard let count = Int64(digits), let place = units.firstIndex(where: { $0.suffix == suffix })
            else {
                return nil
            }
            let (product, isTooLong) = count.multipliedReportingOverflow(by: units[place].microseconds)
            let (sum, isTooMuch) = total.addingReportingOverflow(product)
            guard !isTooLong, !isTooMuch else { return nil }
            total = sum
            units = units[(place + 1)...]
            rest = rest.dropFirst(digits.count + suffix.count)
        } while !rest.isEmpty
        return total
    }
}

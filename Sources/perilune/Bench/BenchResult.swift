/// One number of a suite, beside what it is measured against in the same run.
struct BenchResult {
    /// Stable, so that runs can be compared over time.
    let name: String

    let value: Double
    let unit: String

    /// What the value is compared with: the machine's limit, or the same work without our part.
    let baseline: String

    let baselineValue: Double

    /// What a reader should know: sizes, counts, spread, and whether lower is better.
    let note: String

    /// What the design promises; nil when it promises nothing, or not for what was measured.
    var target: BenchTarget?

    /// The value as a share of the baseline, also where lower is better.
    var ratio: Double { baselineValue == 0 ? 0 : value / baselineValue }
}

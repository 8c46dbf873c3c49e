/// What a number has to reach, as the design promises it.
struct BenchTarget {
    /// What is held against the limit.
    enum Subject: String {
        /// The value itself, in its unit: seconds of a machine of a known kind.
        case value

        /// The value as a share of the baseline, which any machine can be held to.
        case ratio
    }

    /// On which side of the limit is good.
    enum Bound: String {
        case atLeast = "at-least"
        case atMost = "at-most"
    }

    let subject: Subject
    let bound: Bound
    let limit: Double

    /// At least so large a share of the baseline.
    static func share(atLeast limit: Double) -> BenchTarget {
        BenchTarget(subject: .ratio, bound: .atLeast, limit: limit)
    }

    /// A value of at least so much.
    static func value(atLeast limit: Double) -> BenchTarget {
        BenchTarget(subject: .value, bound: .atLeast, limit: limit)
    }

    /// A value of at most so much.
    static func value(atMost limit: Double) -> BenchTarget {
        BenchTarget(subject: .value, bound: .atMost, limit: limit)
    }

    /// How far a result is on the wrong side, in what the limit is in; 0 when the target is met.
    func miss(of result: BenchResult) -> Double {
        let reached = subject == .value ? result.value : result.ratio
        return max(0, bound == .atLeast ? limit - reached : reached - limit)
    }
}

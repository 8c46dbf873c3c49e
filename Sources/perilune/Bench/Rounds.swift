/// Measures two ways of doing the same work in turns, so that a machine that is slow for a while is slow for
/// both.
struct Rounds {
    /// Units of work a second, or another measure, by round.
    private(set) var rates: [Double] = []
    private(set) var baselineRates: [Double] = []

    /// How many rounds, and for how long each side has its turn.
    struct Plan {
        let count: Int
        let turn: Duration

        /// Enough for a steady median; `quick` keeps a suite within a minute.
        init(quick: Bool) {
            self.init(count: quick ? 3 : 7, turn: quick ? .milliseconds(1_500) : .seconds(4))
        }

        /// Another number of rounds, for a suite of many numbers.
        init(count: Int, turn: Duration) {
            self.count = count
            self.turn = turn
        }
    }

    /// Adds one round.
    mutating func add(_ rate: Double, baseline: Double) {
        rates.append(rate)
        baselineRates.append(baseline)
    }

    var median: Double { Self.median(rates) }
    var baselineMedian: Double { Self.median(baselineRates) }

    /// The lowest and the highest share of the baseline that a round saw.
    var spread: String {
        let ratios = zip(rates, baselineRates).map { $0 / $1 }
        func percent(_ ratio: Double?) -> String { "\(Int(((ratio ?? 0) * 100).rounded())) %" }
        return "\(rates.count) rounds, \(percent(ratios.min())) to \(percent(ratios.max()))"
    }

    /// Repeats `work` for a turn, and gives its units a second.
    static func rate(for turn: Duration, _ work: () async throws -> Int) async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        var units = 0
        repeat { units += try await work() } while start.duration(to: clock.now) < turn
        return Double(units) / seconds(start.duration(to: clock.now))
    }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
    }

    /// The value in the middle, or between the two in the middle; 0 for none.
    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    /// The smallest of the values that so large a share of them isn't above; 0 for none.
    static func quantile(_ share: Double, of values: [Double]) -> Double {
        let sorted = values.sorted()
        let rank = Int((share * Double(sorted.count)).rounded(.up))
        return sorted.isEmpty ? 0 : sorted[max(0, rank - 1)]
    }
}

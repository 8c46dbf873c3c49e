/// Search in sorted things from a good guess: doubling steps away from it, then halving between the last two.
///
/// A guess that is off by n costs about 2·log n looks, however many things there are.
enum SearchNear {
    /// The first index that isn't below what is sought; `count` when all are.
    ///
    /// `isBelow` is true for the first so many indices, and false for the rest; the guess is one of them.
    @inline(__always)
    static func firstIndex(
        of count: Int,
        near guess: Int,
        _ isBelow: (Int) throws(EventLogError) -> Bool
    ) throws(EventLogError) -> Int {
        var low = 0
        var high = count
        var step = 1
        if try isBelow(guess) {
            low = guess + 1
            while low < high {
                let next = min(low + step - 1, high - 1)
                guard try isBelow(next) else {
                    high = next
                    break
                }
                low = next + 1
                step *= 2
            }
        } else {
            high = guess
            while low < high {
                let next = max(high - step, low)
                if try isBelow(next) {
                    low = next + 1
                    break
                }
                high = next
                step *= 2
            }
        }
        while low < high {
            let middle = (low + high) / 2
            if try isBelow(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

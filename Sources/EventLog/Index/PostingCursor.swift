/// Walks the union of some sorted lists of ordinals within bounds, in either direction, each ordinal once.
struct PostingCursor {
    private struct Run {
        let list: UnsafeBufferPointer<UInt32>
        var low: Int
        var high: Int
    }

    private var runs: [Run]
    private let backwards: Bool

    init(_ lists: [UnsafeBufferPointer<UInt32>], within bounds: Range<UInt32>, backwards: Bool) {
        runs = lists.map {
            Run(list: $0, low: $0.lowerBound(bounds.lowerBound), high: $0.lowerBound(bounds.upperBound))
        }
        self.backwards = backwards
    }

    /// The next ordinal; nil at the end.
    mutating func next() -> UInt32? {
        var best: UInt32?
        for run in runs where run.low < run.high {
            let candidate = backwards ? run.list[run.high - 1] : run.list[run.low]
            guard let known = best else {
                best = candidate
                continue
            }
            best = backwards ? max(known, candidate) : min(known, candidate)
        }
        guard let best else { return nil }
        for index in runs.indices where runs[index].low < runs[index].high {
            let run = runs[index]
            if backwards, run.list[run.high - 1] == best {
                runs[index].high -= 1
            } else if !backwards, run.list[run.low] == best {
                runs[index].low += 1
            }
        }
        return best
    }
}

import EventLog

/// Finds for each step of one version's simulation the like of it in the other's.
///
/// Steps are alike that follow from the same input, and are of the same handler or command on the same
/// stream. Of several such, those that came to the same are alike; the others are taken in their order. One
/// whose like doesn't come at the same moment waits: a timer may fire later with other scripts. What waits
/// at the end has no like.
///
/// Memory holds the steps that wait: those of timers, and those that one version alone takes.
struct StepPairs {
    /// A step of one version.
    struct Single {
        /// Its place among all steps, so that they can be told in order.
        let order: Int
        /// The newest input when it ran.
        let position: Position
        let step: SimulatedStep
        let isNew: Bool
    }

    private struct Waiting {
        var old: [Single] = []
        var new: [Single] = []
    }

    private var waiting: [SimulatedStep.Key: Waiting] = [:]

    /// Steps that are looked through for one that came to the same: hundreds of one key at one moment are
    /// taken in their order.
    private static let searchedMax = 16

    /// Takes the steps of one moment; returns the pairs that it completes, in order.
    mutating func take(_ steps: [Single]) -> [(old: Single, new: Single)] {
        var keys: [SimulatedStep.Key] = []
        for single in steps {
            let key = single.step.key
            if single.isNew {
                waiting[key, default: Waiting()].new.append(single)
            } else {
                waiting[key, default: Waiting()].old.append(single)
            }
            // Most steps are the only ones of their key.
            if keys.last != key { keys.append(key) }
        }
        var pairs: [(old: Single, new: Single)] = []
        for key in keys {
            guard var both = waiting.removeValue(forKey: key) else { continue }
            Self.pair(&both, into: &pairs)
            if !both.old.isEmpty || !both.new.isEmpty { waiting[key] = both }
        }
        return pairs.sorted { $0.new.order < $1.new.order }
    }

    private static func pair(_ both: inout Waiting, into pairs: inout [(old: Single, new: Single)]) {
        var rest: [Single] = []
        for new in both.new {
            let place = both.old.prefix(searchedMax).firstIndex {
                new.step.replayed.isSame(as: $0.step.replayed)
            }
            if let place { pairs.append((both.old.remove(at: place), new)) } else { rest.append(new) }
        }
        let count = min(rest.count, both.old.count)
        pairs += zip(both.old.prefix(count), rest.prefix(count)).map { ($0, $1) }
        both.old.removeFirst(count)
        both.new = Array(rest.dropFirst(count))
    }

    /// The steps without a like, in order.
    var singles: [Single] {
        waiting.values.flatMap { $0.old + $0.new }.sorted {
            ($0.order, $0.isNew ? 1 : 0) < ($1.order, $1.isNew ? 1 : 0)
        }
    }
}

import Foundation

/// Names in the order of their bytes: those that begin alike lie together, and are found by halving.
public struct SortedNames: Sendable {
    private(set) var all: [String] = []

    /// No names.
    public init() {}

    /// These names, each once.
    public init(_ names: some Sequence<String>) {
        all = Set(names).sorted(by: Self.isBefore)
    }

    /// Adds those that aren't there yet; it costs as much as there are names.
    mutating func insert(_ names: SortedNames) {
        let more = names.all
        var merged: [String] = []
        merged.reserveCapacity(all.count + more.count)
        var index = 0
        for name in all {
            while index < more.count, Self.isBefore(more[index], name) {
                merged.append(more[index])
                index += 1
            }
            if index < more.count, Self.order(more[index], name) == 0 { index += 1 }
            merged.append(name)
        }
        all = merged + more[index...]
    }

    /// What begins with a text; `limit` names are told, all of them count for what they have in common.
    public func matches(_ start: String, limit: Int) -> NameMatches {
        var low = 0
        var high = all.count
        while low < high {
            let middle = (low + high) / 2
            if Self.isBefore(all[middle], start) { low = middle + 1 } else { high = middle }
        }
        let first = low
        high = all.count
        while low < high {
            let middle = (low + high) / 2
            if all[middle].utf8.starts(with: start.utf8) { low = middle + 1 } else { high = middle }
        }
        guard first < low else { return NameMatches() }
        // All between the first and the last have what these two have in common.
        return NameMatches(
            names: Array(all[first..<min(low, first + limit)]),
            common: all[first].commonPrefix(with: all[low - 1])
        )
    }

    /// By bytes, as two texts of the same letters needn't be the same name.
    private static func order(_ first: String, _ second: String) -> Int {
        var (first, second) = (first, second)
        return first.withUTF8 { first in
            second.withUTF8 { second in
                guard let bytes = first.baseAddress, let others = second.baseAddress else {
                    return first.count - second.count
                }
                let order = memcmp(bytes, others, min(first.count, second.count))
                return order == 0 ? first.count - second.count : Int(order)
            }
        }
    }

    private static func isBefore(_ first: String, _ second: String) -> Bool { order(first, second) < 0 }
}

/// Names that begin with what somebody has typed.
public struct NameMatches: Equatable, Sendable {
    /// The first of them, in order.
    public var names: [String] = []

    /// What all of them begin with; nil when there are none.
    public var common: String?

    /// None.
    public init() {}

    init(names: [String], common: String) {
        self.names = names
        self.common = common
    }

    /// Those of both, of which `limit` are told.
    public func merged(with more: NameMatches, limit: Int) -> NameMatches {
        guard let common, let other = more.common else { return common == nil ? more : self }
        let both = SortedNames(names + more.names)
        return NameMatches(names: Array(both.all.prefix(limit)), common: common.commonPrefix(with: other))
    }
}

extension String {
    fileprivate func commonPrefix(with other: String) -> String {
        String(zip(self, other).prefix { $0 == $1 }.map(\.0))
    }
}

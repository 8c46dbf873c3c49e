/// For each name of one kind (streams, categories, tags) the ordinals of its events, ascending.
///
/// An ordinal is a position counted from 0, in 32 bits. Memory: four bytes an event and kind, and about 80 a
/// name.
struct KeyedPostings: Sendable {
    private var names: NameTable
    private var lists: [[UInt32]] = []

    init(seed: UInt64) {
        names = NameTable(seed: seed)
    }

    /// The ordinals of a name; empty when it was never seen.
    func list(of name: UnsafeRawBufferPointer) -> [UInt32] {
        names.number(of: name).map { lists[$0] } ?? []
    }

    /// The ordinals of a name; empty when it was never seen.
    func list(of name: String) -> [UInt32] {
        name.withUTF8Bytes { list(of: $0) }
    }

    /// How many events a name has.
    func count(of name: UnsafeRawBufferPointer) -> Int {
        names.number(of: name).map { lists[$0].count } ?? 0
    }

    /// The number of a name, and whether it was given now.
    mutating func insert(_ name: UnsafeRawBufferPointer) -> (number: Int, isNew: Bool) {
        let inserted = names.insert(name)
        if inserted.isNew { lists.append([]) }
        return inserted
    }

    /// Adds an event to a name; returns how many the name had before.
    ///
    /// Adding the newest one twice (an event with the same tag twice) changes nothing.
    @discardableResult
    mutating func append(_ ordinal: UInt32, to number: Int) -> Int {
        Self.append(ordinal, to: &lists[number])
    }

    /// One access to the list, in place: reading it first would take and give back a reference to it.
    private static func append(_ ordinal: UInt32, to list: inout [UInt32]) -> Int {
        let count = list.count
        if count == 0 || list[count - 1] != ordinal { list.append(ordinal) }
        return count
    }
}

extension [UInt32] {
    /// The index of the first element that is not less than a value; the array is sorted.
    func lowerBound(_ value: UInt32) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether the sorted array holds a value.
    func containsSorted(_ value: UInt32) -> Bool {
        let index = lowerBound(value)
        return index < count && self[index] == value
    }
}

/// The numbers that stand for event types and processor names in the files, and the names they stand for.
///
/// A type's `String` is made once, here, and shared by every event that is ever read. Invariant: the symbol
/// that a name gets is the count of symbols before it, in memory as in the files.
struct SymbolTable: Sendable {
    private var numbers: NameTable

    /// The names by number.
    ///
    /// Readers take this array as their snapshot.
    private(set) var names: [String] = []

    init(seed: UInt64) {
        numbers = NameTable(seed: seed)
    }

    var count: Int { names.count }

    /// The symbol of a name; nil when it has none.
    func number(of name: String) -> UInt32? {
        name.withUTF8Bytes { numbers.number(of: $0) }.map { UInt32($0) }
    }

    /// The symbol of a name, given now if it has none.
    mutating func insert(_ name: String) -> UInt32 {
        let (number, isNew) = name.withUTF8Bytes { numbers.insert($0) }
        if isNew { names.append(name) }
        return UInt32(number)
    }
}

/// Gives each different name a number: 0, 1, 2 … in the order of first sight.
///
/// Names are compared byte by byte.
///
/// Open addressing over one arena of bytes: a name costs its own bytes and about 24 more, and a look-up
/// allocates nothing and needs no `String`, so that the sequencer and recovery can ask with the bytes at
/// hand.
///
/// Invariants: `slots.count` is a power of two and at most three quarters full; name N lies at
/// `starts[N]..<starts[N + 1]` of the arena.
struct NameTable: Sendable {
    private var arena: [UInt8] = []
    private var starts: [Int] = [0]
    /// Half of a name's hash, above its number plus one; 0 is an empty slot.
    ///
    /// The hash lets nearly every wrong slot be passed without a look at the arena, and is all that growing
    /// needs.
    private var slots: [UInt64] = Array(repeating: 0, count: 16)
    private let seed: UInt64

    /// An empty table.
    ///
    /// The seed must not be known outside of the process: names come from users.
    init(seed: UInt64) {
        self.seed = seed
    }

    /// How many names there are.
    var count: Int { starts.count - 1 }

    /// The number of a name; nil when it was never seen.
    func number(of name: UnsafeRawBufferPointer) -> Int? {
        let slot = slots[find(name, hash(name))]
        return slot == 0 ? nil : Self.number(slot)
    }

    /// The number of a name, and whether it was given now.
    mutating func insert(_ name: UnsafeRawBufferPointer) -> (number: Int, isNew: Bool) {
        let hash = hash(name)
        let place = find(name, hash)
        if slots[place] != 0 { return (Self.number(slots[place]), false) }
        arena.append(contentsOf: name)
        starts.append(arena.count)
        slots[place] = UInt64(hash) << 32 | UInt64(count)
        if count * 4 > slots.count * 3 { grow() }
        return (count - 1, true)
    }

    private func hash(_ name: UnsafeRawBufferPointer) -> UInt32 {
        UInt32(truncatingIfNeeded: NameHash.hash(name, seed: seed))
    }

    private static func number(_ slot: UInt64) -> Int {
        Int(slot & 0xFFFF_FFFF) - 1
    }

    /// The slot that holds the name, or the empty one where it belongs.
    private func find(_ name: UnsafeRawBufferPointer, _ hash: UInt32) -> Int {
        let mask = slots.count - 1
        var place = Int(hash) & mask
        while true {
            let slot = slots[place]
            if slot == 0 { return place }
            if UInt32(slot >> 32) == hash, equals(name, Self.number(slot)) { return place }
            place = (place + 1) & mask
        }
    }

    private func equals(_ name: UnsafeRawBufferPointer, _ number: Int) -> Bool {
        let start = starts[number]
        guard starts[number + 1] - start == name.count else { return false }
        return arena.withUnsafeBytes { arena in
            var offset = 0
            while name.count - offset >= 8 {
                let left = arena.loadUnaligned(fromByteOffset: start + offset, as: UInt64.self)
                if left != name.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
                offset += 8
            }
            while offset < name.count {
                if arena[start + offset] != name[offset] { return false }
                offset += 1
            }
            return true
        }
    }

    /// Doubles the slots.
    ///
    /// Half a hash is enough to place four billion names.
    private mutating func grow() {
        let mask = slots.count * 2 - 1
        var larger = [UInt64](repeating: 0, count: mask + 1)
        for slot in slots where slot != 0 {
            var place = Int(slot >> 32) & mask
            while larger[place] != 0 { place = (place + 1) & mask }
            larger[place] = slot
        }
        slots = larger
    }
}

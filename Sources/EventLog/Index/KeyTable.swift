/// All keys of one segment with their postings, in memory: what is looked up for every event that is written.
///
/// Open addressing over one slab of names: a look-up allocates nothing and needs no `String`. A key costs its
/// name and about 45 bytes, a posting four to eight. The first posting stands in the key's own record,
/// further ones in blocks of one slab, each twice as long as the one that it takes the place of, so that a
/// key's postings always stand one behind the other.
///
/// Invariants: `slots.count` is a power of two and at most three quarters full; the names of keys N and N + 1
/// stand one behind the other, each behind its kind.
struct KeyTable: Sendable {
    /// A key, by the order of first sight.
    struct Record: BitwiseCopyable {
        /// The only posting, or where several begin among `postings`; first, so that it can be lent out.
        var start: UInt32
        /// How many postings.
        var count: UInt32
        /// Where its name ends.
        var nameEnd: UInt32
        /// Of a stream: the number of its category's key.
        var category: UInt32
        /// See `KeyPostings`.
        var firstRevision: Revision
    }

    private(set) var records = Slab<Record>()
    /// The kinds and names, one behind the other.
    private(set) var names = Slab<UInt8>(capacity: 256)
    private var postings = Slab<UInt32>()
    /// Half of a key's hash, above its number plus one; 0 is an empty slot.
    ///
    /// The hash lets nearly every wrong slot be passed without a look at the name, and is all that growing
    /// needs.
    private var slots: Slab<UInt64>
    private var mask: Int
    /// Blocks that were given up for longer ones, by the power of two of their length, each holding the place
    /// of the next.
    private var free = [UInt32](repeating: noBlock, count: 32)

    private static let noBlock = UInt32.max

    init() {
        slots = Slab(capacity: 64)
        _ = slots.append(repeating: 0, count: 64)
        mask = 63
    }

    /// How many keys there are.
    var count: Int { records.count }

    // MARK: Keys

    /// The number of a key; nil when it was never seen.
    @inline(__always)
    func number(of key: IndexKey) -> Int? {
        let slot = slots[place(of: key)]
        return slot == 0 ? nil : Self.number(slot)
    }

    /// The number of a key that isn't there yet.
    mutating func insert(_ key: IndexKey, firstRevision: Revision = 0, category: UInt32 = 0) -> Int {
        let place = place(of: key)
        assert(slots[place] == 0, "a key is inserted once")
        names.append(key.kind.rawValue)
        names.append(contentsOf: key.name.assumingMemoryBound(to: UInt8.self))
        records.append(
            Record(
                start: 0,
                count: 0,
                nameEnd: UInt32(names.count),
                category: category,
                firstRevision: firstRevision
            )
        )
        slots[place] = key.hash << 32 | UInt64(count)
        if count * 4 > slots.count * 3 { grow() }
        return count - 1
    }

    /// The kind and name of a key, one behind the other.
    func kindAndName(_ number: Int) -> UnsafeBufferPointer<UInt8> {
        let start = number == 0 ? 0 : Int(records[number - 1].nameEnd)
        return UnsafeBufferPointer(rebasing: names.elements[start..<Int(records[number].nameEnd)])
    }

    @inline(__always)
    private static func number(_ slot: UInt64) -> Int {
        Int(slot & 0xFFFF_FFFF) - 1
    }

    /// The slot that holds the key, or the empty one where it belongs.
    @inline(__always)
    private func place(of key: IndexKey) -> Int {
        let half = key.hash & 0xFFFF_FFFF
        var place = Int(half) & mask
        while true {
            let slot = slots[place]
            if slot == 0 || slot >> 32 == half && isKey(Self.number(slot), key) { return place }
            place = (place + 1) & mask
        }
    }

    @inline(__always)
    private func isKey(_ number: Int, _ key: IndexKey) -> Bool {
        let stored = kindAndName(number)
        guard stored.count == key.name.count + 1, stored[0] == key.kind.rawValue else { return false }
        return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(stored)[1...]).isSame(as: key.name)
    }

    /// Doubles the slots.
    ///
    /// Half a hash is enough to place four billion keys.
    private mutating func grow() {
        let size = slots.count * 2
        var larger = Slab<UInt64>(capacity: size)
        _ = larger.append(repeating: 0, count: size)
        for slot in slots.elements where slot != 0 {
            var place = Int(slot >> 32) & (size - 1)
            while larger[place] != 0 { place = (place + 1) & (size - 1) }
            larger[place] = slot
        }
        slots = larger
        mask = size - 1
    }

    // MARK: Postings

    /// The postings of a key, ascending; borrowed while this value is held unchanged.
    func postings(of number: Int) -> UnsafeBufferPointer<UInt32> {
        let count = Int(records[number].count)
        if count > 1 {
            let start = Int(records[number].start)
            return UnsafeBufferPointer(rebasing: postings.elements[start..<start + count])
        }
        // The only posting is the first word of the record.
        let place = number * MemoryLayout<Record>.stride
        let word = UnsafeRawBufferPointer(records.elements)[place..<place + count * MemoryLayout<UInt32>.size]
        return UnsafeRawBufferPointer(rebasing: word).assumingMemoryBound(to: UInt32.self)
    }

    /// Adds a posting behind those that a key has; returns how many it had.
    ///
    /// Adding the newest one twice (an event with the same tag twice) changes nothing.
    @discardableResult
    mutating func append(_ posting: UInt32, to number: Int) -> Int {
        var record = records[number]
        let count = Int(record.count)
        if count == 0 {
            record.start = posting
        } else {
            let newest = count == 1 ? record.start : postings[Int(record.start) + count - 1]
            if newest == posting { return count }
            // A power of two: the block is full, and the single posting of a record always is.
            if count & (count - 1) == 0 { record.start = moved(record, count) }
            postings[Int(record.start) + count] = posting
        }
        record.count += 1
        records[number] = record
        return count
    }

    /// Moves a key's postings into a block of twice the length; returns where that begins.
    private mutating func moved(_ record: Record, _ count: Int) -> UInt32 {
        let start = takeBlock(count * 2)
        if count == 1 {
            postings[Int(start)] = record.start
        } else {
            for index in 0..<count { postings[Int(start) + index] = postings[Int(record.start) + index] }
            giveBack(record.start, count)
        }
        return start
    }

    private mutating func takeBlock(_ length: Int) -> UInt32 {
        let power = length.trailingZeroBitCount
        let block = free[power]
        guard block == Self.noBlock else {
            free[power] = postings[Int(block)]
            return block
        }
        return UInt32(postings.append(repeating: 0, count: length))
    }

    private mutating func giveBack(_ block: UInt32, _ length: Int) {
        let power = length.trailingZeroBitCount
        postings[Int(block)] = free[power]
        free[power] = block
    }
}

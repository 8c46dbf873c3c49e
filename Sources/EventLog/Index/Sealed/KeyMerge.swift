/// The keys of several index files, each once, in the order of (hash, kind and name).
///
/// Invariant: for every part that has keys left, `current` is its first one that wasn't given yet; the parts
/// keep their order, oldest first. Called by `IndexMerger`.
struct KeyMerge {
    /// A key, and what its oldest part knows of it; the name is borrowed from that part.
    struct Key {
        let hash: UInt64
        let kindAndName: UnsafeRawBufferPointer
        let firstRevision: Revision
        var isIdempotency: Bool { kindAndName[0] == KeyKind.idempotency.rawValue }
    }

    private let parts: [SealedPart]
    private var numbers: [Int]
    private var current: [SealedKey] = []
    /// The parts that have keys left.
    private var live: [Int] = []
    /// The parts that have the newest key.
    private var atKey: [Int] = []

    /// The parts whose postings are the newest key's, oldest first: all that have it, but for an idempotency
    /// key the oldest alone.
    private(set) var holders: [Int] = []

    init(_ parts: [SealedPart]) throws(EventLogError) {
        self.parts = parts
        numbers = [Int](repeating: 0, count: parts.count)
        for index in parts.indices {
            if parts[index].keyCount > 0 { live.append(index) }
            // Of a part without keys it is the entry that ends them, and never looked at.
            let none = SealedKey(hash: 0, firstRevision: 0, kindAndName: 0..<0, postings: 0..<0)
            current.append(parts[index].keyCount > 0 ? try parts[index].key(0) : none)
        }
    }

    /// What a part that has the newest key knows of it.
    func key(of part: Int) -> SealedKey { current[part] }

    /// The next key; nil behind the last.
    mutating func next() throws(EventLogError) -> Key? {
        for part in atKey { try advance(part) }
        atKey.removeAll(keepingCapacity: true)
        holders.removeAll(keepingCapacity: true)
        // A dozen numbers side by side: looking at all is no dearer than keeping a heap of them.
        var least = UInt64.max
        for part in live { least = min(least, current[part].hash) }
        for part in live where current[part].hash == least { atKey.append(part) }
        guard let first = atKey.first else { return nil }
        var name = try parts[first].kindAndName(of: current[first])
        if atKey.count > 1 { name = try keepFirstName(name) }
        holders.append(contentsOf: name[0] == KeyKind.idempotency.rawValue ? atKey[..<1] : atKey[...])
        return Key(hash: least, kindAndName: name, firstRevision: current[atKey[0]].firstRevision)
    }

    /// Of the parts at one hash, keeps those with the name that comes first.
    private mutating func keepFirstName(
        _ name: UnsafeRawBufferPointer
    ) throws(EventLogError) -> UnsafeRawBufferPointer {
        var first = name
        for part in atKey {
            let other = try parts[part].kindAndName(of: current[part])
            if other.isBefore(first) { first = other }
        }
        var kept = 0
        for part in atKey where try parts[part].kindAndName(of: current[part]).isSame(as: first) {
            atKey[kept] = part
            kept += 1
        }
        atKey.removeSubrange(kept...)
        return first
    }

    private mutating func advance(_ part: Int) throws(EventLogError) {
        numbers[part] += 1
        guard numbers[part] < parts[part].keyCount else {
            live.removeAll { $0 == part }
            return
        }
        let next = try parts[part].key(numbers[part])
        guard next.hash >= current[part].hash else {
            let place = parts[part].layout.keys.lowerBound + numbers[part] * IndexFileLayout.keySize
            throw parts[part].bytes.damage(at: place, "key \(numbers[part]) isn't behind the one before")
        }
        current[part] = next
    }
}

/// The index of one segment in memory: of the one that is written, of those that were just ended and have no
/// index file yet, and of a whole memory log.
///
/// It is a function of the segment's frames and of the parts before it, which say at what revision its
/// streams go on.
///
/// Memory: 16 bytes a frame, and what `KeyTable` says.
struct SegmentIndex: IndexPart {
    /// Ordinals have 32 bits.
    static let eventsMax = UInt64(UInt32.max)

    let base: Position
    private(set) var eventCount: UInt32 = 0
    private(set) var keys = KeyTable()
    private var frames = Slab<FrameEntry>()
    /// For each symbol, the number of its type's key plus one; 0 when no event here has the type.
    private var keyOfType: [UInt32] = []
    private let seed: UInt64

    private struct FrameEntry: BitwiseCopyable {
        let address: UInt64
        let firstOrdinal: UInt32
        let length: UInt32
    }

    init(base: Position, seed: UInt64) {
        self.base = base
        self.seed = seed
    }

    // MARK: Adding

    /// The number of a stream's key here; nil when it has no event here.
    @inline(__always)
    func stream(_ key: IndexKey) -> Int? {
        keys.number(of: key)
    }

    /// Gives a stream its key; its first event here will have `revision`.
    mutating func addStream(_ key: IndexKey, goingOnAt revision: Revision) -> Int {
        let name = UnsafeRawBufferPointer(rebasing: key.name[..<StreamName.categoryLength(key.name)])
        let category = IndexKey(.category, name, seed: seed)
        let number = keys.number(of: category) ?? keys.insert(category)
        return keys.insert(key, firstRevision: revision, category: UInt32(number))
    }

    /// Adds an event behind all others to a stream by its number; returns its revision.
    @inline(__always)
    mutating func addEvent(stream: Int, type: UInt32, named typeName: String) -> Revision {
        let record = keys.records[stream]
        keys.append(eventCount, to: Int(record.category))
        keys.append(eventCount, to: typeKey(type, typeName))
        let count = keys.append(eventCount, to: stream)
        eventCount += 1
        return record.firstRevision + Revision(count)
    }

    private mutating func typeKey(_ symbol: UInt32, _ name: String) -> Int {
        if Int(symbol) < keyOfType.count, keyOfType[Int(symbol)] != 0 {
            return Int(keyOfType[Int(symbol)]) - 1
        }
        while keyOfType.count <= Int(symbol) { keyOfType.append(0) }
        let number = name.withUTF8Bytes { keys.insert(IndexKey(.type, $0, seed: seed)) }
        keyOfType[Int(symbol)] = UInt32(number) + 1
        return number
    }

    /// Adds a tag to the newest event.
    mutating func addTag(_ tag: UnsafeRawBufferPointer) {
        let key = IndexKey(.tag, tag, seed: seed)
        keys.append(eventCount - 1, to: keys.number(of: key) ?? keys.insert(key))
    }

    /// Adds the frame that the newest events belong to.
    ///
    /// An idempotency key stays with the first frame that has it.
    mutating func addFrame(address: UInt64, firstOrdinal: UInt32, length: Int, key: UnsafeRawBufferPointer?) {
        if let key {
            let key = IndexKey(.idempotency, key, seed: seed)
            if keys.number(of: key) == nil { keys.append(UInt32(frames.count), to: keys.insert(key)) }
        }
        frames.append(FrameEntry(address: address, firstOrdinal: firstOrdinal, length: UInt32(length)))
    }

    // MARK: Asking

    var frameCount: Int { frames.count }

    func find(_ key: IndexKey) -> KeyPostings? {
        // A stream that was opened for a frame which then was refused has no events yet.
        guard let number = keys.number(of: key), keys.records[number].count > 0 else { return nil }
        return KeyPostings(
            firstRevision: keys.records[number].firstRevision,
            ordinals: keys.postings(of: number)
        )
    }

    func frame(_ number: Int) -> FrameRef {
        let entry = frames[number]
        return FrameRef(
            address: entry.address,
            firstPosition: base + 1 + Position(entry.firstOrdinal),
            length: entry.length
        )
    }

    func frameNumber(holding ordinal: UInt32) -> Int {
        frames.elements.upperBound(ordinal) { $0.firstOrdinal } - 1
    }
}

extension UnsafeBufferPointer {
    /// The index of the first element whose value is greater; the elements are sorted by it.
    @inline(__always)
    func upperBound<Value: Comparable>(_ value: Value, _ of: (Element) -> Value) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if of(self[middle]) <= value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension UnsafeBufferPointer<UInt32> {
    /// The index of the first element that is not less than a value; the elements are sorted.
    @inline(__always)
    func lowerBound(_ value: UInt32) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Whether a value is among the sorted elements.
    func containsSorted(_ value: UInt32) -> Bool {
        let index = lowerBound(value)
        return index < count && self[index] == value
    }
}

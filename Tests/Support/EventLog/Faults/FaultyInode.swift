/// A file's content twice: as the system's cache shows it, and as the disk holds it.
///
/// What was written since the last flush is kept as a list, so that a power cut can give each sector any of
/// the contents that it had since.
struct FaultyInode: Sendable {
    /// What a disk writes whole or not at all, a torn one aside.
    static let sectorSize = 512

    /// How long the file is, as the cache has it.
    private(set) var size = 0
    private var cached = SparseBytes()

    private var durableSize = 0
    private var durable = SparseBytes()

    /// What changed since the last flush, in order.
    private var changes: [Change] = []

    /// Whether the cache shows bytes that a failed flush has lost.
    private var showsLostBytes = false

    private struct Change {
        let range: Range<Int>
        /// What the range then holds; nil for zeros.
        let bytes: [UInt8]?
        /// How long the file is afterwards.
        let size: Int
        /// Whether it cuts the file, which a disk does at once or not at all.
        var isCut = false
    }

    /// A file without bytes.
    init() {}

    /// A file whose bytes are durable.
    init(_ bytes: [UInt8]) {
        size = bytes.count
        bytes.withUnsafeBytes { cached.write($0, at: 0) }
        flush()
    }

    private init(durable: SparseBytes, size: Int) {
        self.size = size
        cached = durable
        durableSize = size
        self.durable = durable
    }

    /// All bytes, as the cache shows them.
    var contents: [UInt8] { cached.read(0..<size) }

    /// Fills memory from an offset; returns how much there was.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        let count = max(0, min(buffer.count, size - offset))
        cached.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]), at: offset)
        return count
    }

    /// Writes bytes into the cache.
    mutating func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        guard !bytes.isEmpty else { return }
        let range = offset..<offset + bytes.count
        size = max(size, range.upperBound)
        let isZero = SparseBytes.areZero(bytes)
        if isZero { cached.writeZeros(range) } else { cached.write(bytes, at: offset) }
        changes.append(Change(range: range, bytes: isZero ? nil : Array(bytes), size: size))
    }

    /// Cuts the file, or fills it up with zeros.
    mutating func resize(to newSize: Int) {
        guard newSize != size else { return }
        let isCut = newSize < size
        let range = isCut ? newSize..<size : size..<newSize
        if isCut { cached.writeZeros(range) }
        size = newSize
        changes.append(Change(range: range, bytes: nil, size: size, isCut: isCut))
    }

    /// Makes what the cache has changed durable.
    mutating func flush() {
        if showsLostBytes {
            // A sector that was lost is clean, so nobody writes it.
            for change in changes { durable.copy(Self.sectors(change.range), from: cached) }
            durable.writeZeros(size..<max(size, durableSize))
        } else {
            durable = cached
        }
        durableSize = size
        changes.removeAll(keepingCapacity: true)
    }

    /// What a failed flush does on Linux: what was to be written counts as written, and isn't; the length is
    /// tried again.
    mutating func loseChanges() {
        guard !changes.isEmpty else { return }
        changes.removeAll(keepingCapacity: true)
        showsLostBytes = true
    }

    /// A flush that fails when it has written some sectors.
    mutating func losePart(_ random: inout SeededRandom) {
        let survivor = afterPowerCut(&random)
        durable = survivor.durable
        durableSize = survivor.durableSize
        loseChanges()
    }

    /// Shows what the disk holds, where nothing has changed since the last flush.
    mutating func forgetCache() {
        guard showsLostBytes else { return }
        var shown = durable
        for change in changes { shown.copy(Self.sectors(change.range), from: cached) }
        shown.writeZeros(size..<max(size, durableSize))
        cached = shown
        showsLostBytes = false
    }

    /// Inverts a bit of a byte, on the disk and in the cache.
    mutating func flipBit(at offset: Int) {
        let flipped = cached.read(offset..<offset + 1).map { $0 ^ UInt8(1) << (offset % 8) }
        flipped.withUnsafeBytes { cached.write($0, at: offset) }
        durable.copy(offset..<offset + 1, from: cached)
    }

    /// A range, widened to whole sectors.
    private static func sectors(_ range: Range<Int>) -> Range<Int> {
        range.lowerBound / sectorSize * sectorSize..<(range.upperBound + sectorSize - 1) / sectorSize
            * sectorSize
    }
}

extension FaultyInode {
    /// The file after a power cut: each sector as it was at the last flush, or after any one of the changes
    /// since.
    func afterPowerCut(_ random: inout SeededRandom) -> FaultyInode {
        guard !changes.isEmpty || size != durableSize else {
            return FaultyInode(durable: durable, size: durableSize)
        }
        // Of a hundred writes of a sector, how many arrive; the extremes are as likely as the rest.
        let arriving = [0, 30, 60, 90, 100].randomElement(using: &random) ?? 0
        var survivor = Survivor(bytes: durable, arriving: arriving)
        survivor.tornChange = changes.indices.randomElement(using: &random).flatMap { index in
            Int.random(in: 0..<4, using: &random) == 0 ? index : nil
        }
        // The length, and with it every cut, arrives in order.
        var sizes = [durableSize] + changes.map(\.size)
        if sizes.last != size { sizes.append(size) }
        let step =
            switch arriving {
            case 0: 0
            case 100: sizes.count - 1
            default: Int.random(in: sizes.indices, using: &random)
            }
        for (index, change) in changes.enumerated() {
            if !change.isCut {
                survivor.apply(change.range, change.bytes, number: index, &random)
            } else if index < step {
                survivor.bytes.writeZeros(change.range)
            } else {
                survivor.freeze(from: change.range.lowerBound)
            }
        }
        var end = sizes[step]
        if step > 0, sizes[step] > sizes[step - 1], arriving < 100, Bool.random(using: &random) {
            // A long write reaches the disk in parts, and the length with them.
            end = .random(in: sizes[step - 1]...sizes[step], using: &random)
        }
        survivor.bytes.writeZeros(end..<max(end, sizes.max() ?? 0))
        return FaultyInode(durable: survivor.bytes, size: end)
    }

    /// Bytes that grow from the durable ones by those writes of sectors that arrived.
    private struct Survivor {
        var bytes: SparseBytes
        /// Out of a hundred writes of a sector.
        let arriving: Int
        /// The change one of whose sectors is torn in its middle.
        var tornChange: Int?
        /// Sectors that stay as they are: a write of theirs didn't arrive, so no later one did.
        private var frozen: Set<Int> = []
        private var frozenFrom = Int.max

        init(bytes: SparseBytes, arriving: Int) {
            self.bytes = bytes
            self.arriving = arriving
        }

        /// Keeps everything from an offset as it is.
        mutating func freeze(from offset: Int) {
            frozenFrom = min(frozenFrom, offset / sectorSize)
        }

        mutating func apply(
            _ range: Range<Int>,
            _ written: [UInt8]?,
            number: Int,
            _ random: inout SeededRandom
        ) {
            var next = range.lowerBound
            while next < range.upperBound {
                if written == nil, let end = bytes.endOfZeros(at: next) {
                    // Zeros over zeros look the same whether they arrived or not.
                    next = end
                    continue
                }
                let sector = next / sectorSize
                let end = min(range.upperBound, (sector + 1) * sectorSize)
                defer { next = end }
                guard sector < frozenFrom, !frozen.contains(sector) else { continue }
                guard Int.random(in: 0..<100, using: &random) < arriving else {
                    frozen.insert(sector)
                    continue
                }
                var part = next..<end
                if tornChange == number, Int.random(in: 0..<3, using: &random) == 0 {
                    tornChange = nil
                    let middle = Int.random(in: part.lowerBound..<part.upperBound, using: &random)
                    part = Bool.random(using: &random) ? part.lowerBound..<middle : middle..<part.upperBound
                    frozen.insert(sector)
                }
                put(part, of: range, written)
            }
        }

        private mutating func put(_ part: Range<Int>, of range: Range<Int>, _ written: [UInt8]?) {
            guard let written else { return bytes.writeZeros(part) }
            let slice = part.lowerBound - range.lowerBound..<part.upperBound - range.lowerBound
            written[slice].withUnsafeBytes { bytes.write($0, at: part.lowerBound) }
        }
    }
}

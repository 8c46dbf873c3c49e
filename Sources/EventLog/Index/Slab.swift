/// A growing array of plain values in memory of its own, so that a borrowed pointer into it stays good while
/// it is held and nothing is appended; `Array` promises that within a closure only.
///
/// A copy shares the memory until one of the two changes.
///
/// @unchecked Sendable is true because the memory is written through `mutating` functions alone, after a copy
/// was made of memory that is shared.
struct Slab<Element: BitwiseCopyable>: @unchecked Sendable {
    private final class Storage {
        let start: UnsafeMutablePointer<Element>
        let capacity: Int

        init(capacity: Int) {
            self.capacity = capacity
            start = .allocate(capacity: capacity)
        }

        deinit {
            start.deallocate()
        }
    }

    private var storage: Storage
    private(set) var count = 0

    init(capacity: Int = 16) {
        storage = Storage(capacity: capacity)
    }

    /// All elements; borrowed while this value is held unchanged.
    var elements: UnsafeBufferPointer<Element> {
        UnsafeBufferPointer(start: storage.start, count: count)
    }

    @inline(__always)
    subscript(index: Int) -> Element {
        get {
            assert(index >= 0 && index < count)
            return storage.start[index]
        }
        set {
            assert(index >= 0 && index < count)
            makeRoom(0)
            storage.start[index] = newValue
        }
    }

    /// Changes an element in place.
    @inline(__always)
    mutating func update<R>(_ index: Int, _ body: (inout Element) -> R) -> R {
        assert(index >= 0 && index < count)
        makeRoom(0)
        return body(&storage.start[index])
    }

    @inline(__always)
    mutating func append(_ element: Element) {
        makeRoom(1)
        (storage.start + count).initialize(to: element)
        count += 1
    }

    mutating func append(contentsOf elements: UnsafeBufferPointer<Element>) {
        guard let source = elements.baseAddress else { return }
        makeRoom(elements.count)
        (storage.start + count).initialize(from: source, count: elements.count)
        count += elements.count
    }

    /// Appends some copies of an element; returns the index of the first.
    mutating func append(repeating element: Element, count added: Int) -> Int {
        makeRoom(added)
        (storage.start + count).initialize(repeating: element, count: added)
        defer { count += added }
        return count
    }

    /// Makes the memory this value's own, with room for some more elements.
    @inline(__always)
    private mutating func makeRoom(_ added: Int) {
        if count + added > storage.capacity || !isKnownUniquelyReferenced(&storage) { move(added) }
    }

    private mutating func move(_ added: Int) {
        let needed = count + added
        let isFull = needed > storage.capacity
        let larger = Storage(capacity: isFull ? max(needed, storage.capacity * 2) : needed + 16)
        larger.start.initialize(from: storage.start, count: count)
        storage = larger
    }
}

/// The memory of a `PackedWriter`.
///
/// `@unchecked Sendable` is true because it is written only by a writer that holds the sole reference.
final class PackedStorage: @unchecked Sendable {
    let start: UnsafeMutablePointer<UInt8>
    let capacity: Int
    var count = 0

    init(capacity: Int) {
        start = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    convenience init(copying other: PackedStorage, capacity: Int) {
        self.init(capacity: capacity)
        start.update(from: other.start, count: other.count)
        count = other.count
    }

    deinit {
        start.deallocate()
    }
}

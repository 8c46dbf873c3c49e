/// A buffer of values on their way into a VM, to be filled again and again.
///
/// Values follow each other; `beginObject` and `beginList` say how many belong to them. The encoding is in
/// `CLua.h`. It lies on the path of every event, so each value is one check for room and one copy, and it
/// isn't copyable: nothing has to ask whether somebody else holds the bytes.
///
/// `@unchecked Sendable` is true because the bytes have one owner, and it moves with them.
public struct PackedWriter: ~Copyable, @unchecked Sendable {
    @usableFromInline
    var start: UnsafeMutablePointer<UInt8>
    @usableFromInline
    var capacity: Int
    /// Bytes that are packed.
    @usableFromInline
    var count = 0

    /// Room for an event of ordinary size; more is doubled when it is needed.
    private static let capacityMin = 256

    /// An empty buffer.
    public init() {
        start = .allocate(capacity: Self.capacityMin)
        capacity = Self.capacityMin
    }

    deinit {
        start.deallocate()
    }

    /// Forgets all values, and keeps the room.
    @inlinable
    public mutating func removeAll() {
        count = 0
    }

    /// Appends nil.
    @inlinable
    public mutating func null() {
        append(PackedTag.null)
    }

    /// Appends a boolean.
    @inlinable
    public mutating func bool(_ value: Bool) {
        append(value ? PackedTag.yes : PackedTag.no)
    }

    /// Appends an integer.
    @inlinable
    public mutating func integer(_ value: Int64) {
        append(PackedTag.integer, UInt64(bitPattern: value))
    }

    /// Appends a float.
    @inlinable
    public mutating func float(_ value: Double) {
        append(PackedTag.float, value.bitPattern)
    }

    /// Appends a string.
    @inlinable
    public mutating func string(_ value: String) {
        var value = value
        value.withUTF8 { append(PackedTag.string, UnsafeRawBufferPointer($0)) }
    }

    /// Appends a string of bytes, which need not be UTF-8.
    @inlinable
    public mutating func string(bytes value: some Collection<UInt8>) {
        let done: Void? = value.withContiguousStorageIfAvailable { string(bytes: UnsafeRawBufferPointer($0)) }
        if done == nil { Array(value).withUnsafeBytes { string(bytes: $0) } }
    }

    /// Appends a string of bytes without a copy in between.
    @inlinable
    public mutating func string(bytes value: UnsafeRawBufferPointer) {
        append(PackedTag.string, value)
    }

    /// Appends JSON, which becomes a Lua value; JSON that isn't valid fails the call with `script-bad-value`.
    @inlinable
    public mutating func json(_ value: some Collection<UInt8>) {
        let done: Void? = value.withContiguousStorageIfAvailable { json(UnsafeRawBufferPointer($0)) }
        if done == nil { Array(value).withUnsafeBytes { json($0) } }
    }

    /// Appends JSON without a copy in between.
    @inlinable
    public mutating func json(_ value: UnsafeRawBufferPointer) {
        append(PackedTag.json, value)
    }

    /// Begins a table with this many members, each a `key` and a value; a null makes no member.
    @inlinable
    public mutating func beginObject(_ count: Int) {
        append(PackedTag.object, count: count)
    }

    /// The name of the member that comes next.
    public mutating func key(_ name: StaticString) {
        append(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
    }

    /// The name of the member that comes next, known only at run time.
    @_disfavoredOverload
    public mutating func key(_ name: String) {
        var name = name
        name.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Begins a list of this many values; a null becomes `json.null`.
    @inlinable
    public mutating func beginList(_ count: Int) {
        append(PackedTag.list, count: count)
    }

    /// The packed bytes, for as long as `body` runs.
    func withBytes<R>(_ body: (UnsafePointer<UInt8>, Int) -> R) -> R {
        body(UnsafePointer(start), count)
    }

    /// Writes a count over the one at a place.
    @inlinable
    mutating func patch(_ place: Int, count: Int) {
        UnsafeMutableRawPointer(start + place).storeBytes(of: UInt32(count).littleEndian, as: UInt32.self)
    }

    @inlinable
    mutating func append(_ tag: UInt8) {
        room(1).pointee = tag
        count += 1
    }

    @inlinable
    mutating func append(_ tag: UInt8, _ word: UInt64) {
        let place = room(9)
        place.pointee = tag
        UnsafeMutableRawPointer(place + 1).storeBytes(of: word.littleEndian, as: UInt64.self)
        count += 9
    }

    @inlinable
    mutating func append(_ tag: UInt8, count number: Int) {
        let place = room(5)
        place.pointee = tag
        UnsafeMutableRawPointer(place + 1).storeBytes(of: UInt32(number).littleEndian, as: UInt32.self)
        count += 5
    }

    @inlinable
    mutating func append(_ tag: UInt8, _ bytes: UnsafeRawBufferPointer) {
        let place = room(5 + bytes.count)
        place.pointee = tag
        UnsafeMutableRawPointer(place + 1)
            .storeBytes(of: UInt32(bytes.count).littleEndian, as: UInt32.self)
        Self.copy(bytes, to: place + 5)
        count += 5 + bytes.count
    }

    @inlinable
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        let place = room(4 + bytes.count)
        UnsafeMutableRawPointer(place).storeBytes(of: UInt32(bytes.count).littleEndian, as: UInt32.self)
        Self.copy(bytes, to: place + 4)
        count += 4 + bytes.count
    }

    /// Appends bytes whose number the reader knows.
    @inlinable
    mutating func appendRaw(_ bytes: UnsafeRawBufferPointer) {
        Self.copy(bytes, to: room(bytes.count))
        count += bytes.count
    }

    @inlinable
    static func copy(_ bytes: UnsafeRawBufferPointer, to place: UnsafeMutablePointer<UInt8>) {
        if let from = bytes.baseAddress {
            UnsafeMutableRawPointer(place).copyMemory(from: from, byteCount: bytes.count)
        }
    }

    /// Where the next bytes go, with room for `needed`.
    @inlinable
    mutating func room(_ needed: Int) -> UnsafeMutablePointer<UInt8> {
        if needed > capacity - count { grow(needed) }
        return start + count
    }

    @usableFromInline
    mutating func grow(_ needed: Int) {
        let larger = max(count + needed, 2 * capacity)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        moved.update(from: start, count: count)
        start.deallocate()
        (start, capacity) = (moved, larger)
    }
}

/// A buffer of values on their way into a VM, to be filled again and again.
///
/// Values follow each other; `beginObject` and `beginList` say how many belong to them. The encoding is in
/// `CLua.h`. It lies on the path of every event, so each value is one check for room and one copy.
public struct PackedWriter: Sendable {
    private var storage = PackedStorage(capacity: 256)

    /// An empty buffer.
    public init() {}

    /// Forgets all values.
    public mutating func removeAll(keepingCapacity keep: Bool = true) {
        if keep, isKnownUniquelyReferenced(&storage) {
            storage.count = 0
        } else {
            storage = PackedStorage(capacity: 256)
        }
    }

    /// Appends nil.
    public mutating func null() {
        append(PackedTag.null)
    }

    /// Appends a boolean.
    public mutating func bool(_ value: Bool) {
        append(value ? PackedTag.yes : PackedTag.no)
    }

    /// Appends an integer.
    public mutating func integer(_ value: Int64) {
        append(PackedTag.integer, UInt64(bitPattern: value))
    }

    /// Appends a float.
    public mutating func float(_ value: Double) {
        append(PackedTag.float, value.bitPattern)
    }

    /// Appends a string.
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
    public mutating func json(_ value: UnsafeRawBufferPointer) {
        append(PackedTag.json, value)
    }

    /// Begins a table with this many members, each a `key` and a value; a null makes no member.
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
    public mutating func beginList(_ count: Int) {
        append(PackedTag.list, count: count)
    }

    /// The packed bytes, for as long as `body` runs.
    func withBytes<R>(_ body: (UnsafePointer<UInt8>, Int) -> R) -> R {
        let storage = storage
        return withExtendedLifetime(storage) { body(UnsafePointer(storage.start), storage.count) }
    }

    var count: Int { storage.count }

    /// Writes a count over the one at a place.
    mutating func patch(_ place: Int, count: Int) {
        _ = room(0)
        UnsafeMutableRawPointer(storage.start + place)
            .storeBytes(of: UInt32(count).littleEndian, as: UInt32.self)
    }

    mutating func append(_ tag: UInt8) {
        room(1).pointee = tag
        storage.count += 1
    }

    private mutating func append(_ tag: UInt8, _ word: UInt64) {
        let place = room(9)
        place.pointee = tag
        UnsafeMutableRawPointer(place + 1).storeBytes(of: word.littleEndian, as: UInt64.self)
        storage.count += 9
    }

    mutating func append(_ tag: UInt8, count: Int) {
        let place = room(5)
        place.pointee = tag
        UnsafeMutableRawPointer(place + 1).storeBytes(of: UInt32(count).littleEndian, as: UInt32.self)
        storage.count += 5
    }

    private mutating func append(_ tag: UInt8, _ bytes: UnsafeRawBufferPointer) {
        append(tag, count: bytes.count)
        appendRaw(bytes)
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        let place = room(4 + bytes.count)
        UnsafeMutableRawPointer(place).storeBytes(of: UInt32(bytes.count).littleEndian, as: UInt32.self)
        Self.copy(bytes, to: place + 4)
        storage.count += 4 + bytes.count
    }

    /// Appends bytes whose number the reader knows.
    mutating func appendRaw(_ bytes: UnsafeRawBufferPointer) {
        // A static function: calling one of `self` would hold the storage while `room` asks whether it is
        // held alone.
        Self.copy(bytes, to: room(bytes.count))
        storage.count += bytes.count
    }

    private static func copy(_ bytes: UnsafeRawBufferPointer, to place: UnsafeMutablePointer<UInt8>) {
        if let start = bytes.baseAddress {
            UnsafeMutableRawPointer(place).copyMemory(from: start, byteCount: bytes.count)
        }
    }

    /// Where the next bytes go, with room for `count`; a buffer that somebody else holds is copied first.
    mutating func room(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        let needed = storage.count + count
        if needed > storage.capacity {
            storage = PackedStorage(copying: storage, capacity: max(needed, 2 * storage.capacity))
        } else if !isKnownUniquelyReferenced(&storage) {
            storage = PackedStorage(copying: storage, capacity: storage.capacity)
        }
        return storage.start + storage.count
    }
}

/// The bytes of a file as memory, for as long as this object lives.
///
/// @unchecked Sendable is true because the bytes are never written through it, and what they lie in is given
/// back by `deinit` alone.
package final class MappedBytes: @unchecked Sendable {
    /// The file's bytes.
    package let bytes: UnsafeRawBufferPointer
    private let release: @Sendable (UnsafeRawBufferPointer) -> Void

    /// Bytes that `release` gives back at the end.
    package init(
        _ bytes: UnsafeRawBufferPointer,
        release: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
    ) {
        self.bytes = bytes
        self.release = release
    }

    deinit {
        release(bytes)
    }

    /// Bytes in memory of their own.
    package convenience init(copying bytes: [UInt8]) {
        // Aligned as a mapping is, at least for every word that a format may hold.
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 64)
        memory.copyBytes(from: bytes)
        let part = UnsafeRawBufferPointer(start: memory.baseAddress, count: bytes.count)
        self.init(part) { UnsafeMutableRawPointer(mutating: $0.baseAddress)?.deallocate() }
    }
}

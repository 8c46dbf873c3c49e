#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file's bytes without an end, zeros where nothing was written.
///
/// In chunks that copies share until one of them writes, so that copying a file costs a reference a chunk,
/// and a range that only ever held zeros costs nothing.
struct SparseBytes: Sendable {
    /// Small enough that copying one for a write of some bytes is cheap.
    private static let chunkSize = 16 << 10

    /// An empty chunk is one of zeros.
    private var chunks: [[UInt8]] = []

    /// Where in its chunk a byte of the file lies, and how much of `count` lies there too.
    private static func place(of offset: Int, _ count: Int) -> (chunk: Int, start: Int, count: Int) {
        let start = offset % chunkSize
        return (offset / chunkSize, start, min(count, chunkSize - start))
    }

    /// Fills memory from an offset.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) {
        var done = 0
        while done < buffer.count {
            let place = Self.place(of: offset + done, buffer.count - done)
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[done..<done + place.count])
            if place.chunk < chunks.count, !chunks[place.chunk].isEmpty {
                chunks[place.chunk].withUnsafeBytes { bytes in
                    part.copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: bytes[place.start...].prefix(part.count))
                    )
                }
            } else if let start = part.baseAddress {
                memset(start, 0, part.count)
            }
            done += place.count
        }
    }

    /// The bytes of a range.
    func read(_ range: Range<Int>) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
            read(
                into: UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[..<range.count]
                ),
                at: range.lowerBound
            )
            filled = range.count
        }
    }

    /// Puts bytes at an offset.
    mutating func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        var done = 0
        while done < bytes.count {
            let place = Self.place(of: offset + done, bytes.count - done)
            let part = UnsafeRawBufferPointer(rebasing: bytes[done..<done + place.count])
            while chunks.count <= place.chunk { chunks.append([]) }
            if chunks[place.chunk].isEmpty {
                chunks[place.chunk] = [UInt8](repeating: 0, count: Self.chunkSize)
            }
            chunks[place.chunk].withUnsafeMutableBytes { chunk in
                UnsafeMutableRawBufferPointer(rebasing: chunk[place.start...]).copyMemory(from: part)
            }
            done += place.count
        }
    }

    /// Puts zeros over a range.
    mutating func writeZeros(_ range: Range<Int>) {
        var next = range.lowerBound
        while next < range.upperBound {
            let place = Self.place(of: next, range.upperBound - next)
            guard place.chunk < chunks.count else { return }
            if place.count == Self.chunkSize {
                chunks[place.chunk] = []
            } else if !chunks[place.chunk].isEmpty {
                chunks[place.chunk].withUnsafeMutableBytes { chunk in
                    for index in place.start..<place.start + place.count { chunk[index] = 0 }
                }
            }
            next += place.count
        }
    }

    /// Takes a range over from other bytes.
    mutating func copy(_ range: Range<Int>, from other: SparseBytes) {
        let bytes = other.read(range)
        bytes.withUnsafeBytes { write($0, at: range.lowerBound) }
    }

    /// The end of the chunk of zeros that an offset lies in; nil where something may have been written.
    func endOfZeros(at offset: Int) -> Int? {
        let chunk = offset / Self.chunkSize
        guard chunk >= chunks.count || chunks[chunk].isEmpty else { return nil }
        return (chunk + 1) * Self.chunkSize
    }

    /// Whether some bytes are all zero.
    static func areZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let start = bytes.baseAddress, let first = bytes.first else { return true }
        // Each byte equals the one before it, and the first is zero: the library's loop is the fast one.
        return first == 0 && memcmp(start, start + 1, bytes.count - 1) == 0
    }
}

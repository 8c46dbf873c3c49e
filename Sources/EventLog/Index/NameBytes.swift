extension String {
    /// Whether two names are the same bytes, as names of the log are compared.
    func isSameBytes(as other: String) -> Bool {
        withUTF8Bytes { left in other.withUTF8Bytes { left.isSame(as: $0) } }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether a control character is in a name.
    ///
    /// By the bytes: the UTF-8 view of a string takes its time for each of them.
    var hasControlCharacter: Bool {
        var found = false
        for byte in self { found = found || byte < 0x20 || byte == 0x7F }
        return found
    }

    /// Whether two names are the same; word by word, because names of one hash mostly are.
    @inline(__always)
    func isSame(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        var offset = 0
        while count - offset >= 8 {
            let word = loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if word != other.loadUnaligned(fromByteOffset: offset, as: UInt64.self) { return false }
            offset += 8
        }
        while offset < count {
            if self[offset] != other[offset] { return false }
            offset += 1
        }
        return true
    }

    /// Whether a name comes before another, byte by byte; a name comes before one that it begins.
    func isBefore(_ other: UnsafeRawBufferPointer) -> Bool {
        for offset in 0..<Swift.min(count, other.count) where self[offset] != other[offset] {
            return self[offset] < other[offset]
        }
        return count < other.count
    }
}

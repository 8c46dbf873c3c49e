extension [UInt8] {
    /// The bytes, borrowed for the call; unlike `withUnsafeBytes` it keeps the type of what is thrown.
    func withRawBytes<R, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> R
    ) throws(Failure) -> R {
        try withUnsafeBufferPointer { buffer throws(Failure) -> R in try body(UnsafeRawBufferPointer(buffer))
        }
    }
}

extension ArraySlice<UInt8> {
    /// The bytes, borrowed for the call.
    func withRawBytes<R, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> R
    ) throws(Failure) -> R {
        try withUnsafeBufferPointer { buffer throws(Failure) -> R in try body(UnsafeRawBufferPointer(buffer))
        }
    }
}

extension String {
    /// The UTF-8 of the string, borrowed for the call; no copy for a native string.
    func withUTF8Bytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        var text = self
        return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
}

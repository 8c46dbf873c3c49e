import CLua

/// A failed call as C reports it, copied into Swift.
struct LuaFailure {
    /// One level of the stack at the moment of the error, innermost first.
    struct Frame {
        let file: String
        let line: Int
        /// What the calling code calls the function; empty when it has no name there.
        let name: String
        /// The line where the function begins; 0 for a file's own text.
        let definition: Int
    }

    let status: Int32
    /// For an abort this is the packed code and text.
    let message: [UInt8]
    let frames: [Frame]
    /// Canonical JSON of a raised table.
    let value: [UInt8]?
    /// The file that was being loaded, if one was.
    let file: String?

    init(_ failure: clua_failure, status: Int32, file: String?) {
        self.status = status
        self.file = file
        message = Self.copy(failure.message, failure.message_length)
        value = failure.value == nil ? nil : Self.copy(failure.value, failure.value_length)
        var packed = PackedReader(Self.copy(failure.frames, failure.frames_length))
        var frames: [Frame] = []
        while let file = packed.next()?.text, let line = packed.next()?.int, let name = packed.next()?.text,
            let definition = packed.next()?.int
        {
            frames.append(Frame(file: file, line: line, name: name, definition: definition))
        }
        self.frames = frames
    }

    private static func copy(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
        Array(UnsafeBufferPointer(start: bytes, count: count))
    }
}

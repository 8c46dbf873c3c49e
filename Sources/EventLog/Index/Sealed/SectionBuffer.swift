/// A section of a file that is written from its beginning to its end while others are too.
///
/// Invariants: what was put stands in the file from the section's start, or in the buffer behind it; nothing
/// is written outside of the section. Called by `IndexFileWriter` alone.
final class SectionBuffer {
    /// What is written at once: large enough that the calls are few.
    static let size = 1 << 16

    private let file: any File
    private let memory: UnsafeMutableRawBufferPointer
    private var filled = 0
    /// Where in the file the first byte of the buffer goes.
    private var place: Int
    private let end: Int

    init(_ section: Range<Int>, of file: any File) {
        self.file = file
        place = section.lowerBound
        end = section.upperBound
        memory = .allocate(byteCount: min(Self.size, section.count + 8), alignment: 8)
    }

    deinit {
        memory.deallocate()
    }

    @inline(__always)
    func put<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) throws(EventLogError) {
        let size = MemoryLayout<Value>.size
        if filled + size > memory.count { try flush() }
        memory.storeBytes(of: value.littleEndian, toByteOffset: filled, as: Value.self)
        filled += size
    }

    func put(_ bytes: UnsafeRawBufferPointer) throws(EventLogError) {
        var rest = bytes
        while !rest.isEmpty {
            if filled == memory.count { try flush() }
            let part = UnsafeRawBufferPointer(rebasing: rest[..<min(rest.count, memory.count - filled)])
            UnsafeMutableRawBufferPointer(rebasing: memory[filled...]).copyMemory(from: part)
            filled += part.count
            rest = UnsafeRawBufferPointer(rebasing: rest[part.count...])
        }
    }

    /// Puts numbers, each increased by the same.
    func put(_ numbers: UnsafeBufferPointer<UInt32>, increasedBy added: UInt32) throws(EventLogError) {
        for number in numbers { try put(number + added) }
    }

    private func flush() throws(EventLogError) {
        guard place + filled <= end else { throw miscounted() }
        try file.write(UnsafeRawBufferPointer(rebasing: memory[..<filled]), at: place)
        place += filled
        filled = 0
    }

    /// Writes what is left; the section must be full.
    func finish() throws(EventLogError) {
        try flush()
        guard place == end else { throw miscounted() }
    }

    /// A fault of ours; the file never gets its name, and whatever it was for goes on without it.
    private func miscounted() -> EventLogError {
        .file(operation: "write", path: file.path, reason: "a section was counted as \(end) bytes and isn't")
    }
}

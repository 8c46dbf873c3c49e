import Foundation

/// Which step each worker runs now, where a new process can read it when this one has ended in the middle.
///
/// A step that kills its process can't be counted by that process. So the place of each step is written,
/// before it runs, into a shared mapping of a small file: two stores, no call of the system. The pages
/// outlive the process; a machine that loses power may lose them, but that was no step's doing.
///
/// The file: for each worker 16 bytes, two little-endian integers of 64 bits: the stable hash of the
/// processor's name, and the position of the event, 0 while no step runs.
///
/// `@unchecked Sendable` is true because each worker writes its own slot alone, on its own thread.
final class RunningSteps: @unchecked Sendable {
    /// A step that was running when the process before this one ended.
    struct Step: Hashable, Sendable {
        let processor: UInt64
        let position: UInt64
    }

    /// Steps that the process before this one ended in.
    let leftovers: [Step]

    private let words: UnsafeMutablePointer<UInt64>
    private let bytes: Int

    private static let slotBytes = 16

    /// Opens the file, and makes it when there is none.
    ///
    /// What it holds stays until `clear`.
    init(path: String, workers: Int) throws(RuntimeError) {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Self.failed("opened", path) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw Self.failed("looked at", path) }
        let old = Int(status.st_size) / Self.slotBytes
        bytes = max(old, workers) * Self.slotBytes
        guard ftruncate(file, off_t(bytes)) == 0 else { throw Self.failed("made larger", path) }
        guard let start = mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), start != MAP_FAILED
        else { throw Self.failed("mapped", path) }
        words = start.bindMemory(to: UInt64.self, capacity: 2 * max(old, workers))
        let words = words
        func word(_ number: Int) -> UInt64 { UInt64(littleEndian: words[number]) }
        leftovers = (0..<old).map { Step(processor: word(2 * $0), position: word(2 * $0 + 1)) }
            .filter { $0.position > 0 }
    }

    deinit {
        munmap(words, bytes)
    }

    /// Forgets what the process before this one left: it has been recorded.
    func clear() {
        words.update(repeating: 0, count: bytes / MemoryLayout<UInt64>.size)
    }

    /// A worker begins a step.
    func begin(_ worker: Int, processor: UInt64, position: UInt64) {
        words[2 * worker] = processor.littleEndian
        words[2 * worker + 1] = position.littleEndian
    }

    /// Its step has ended.
    func end(_ worker: Int) {
        words[2 * worker + 1] = 0
    }

    private static func failed(_ what: String, _ path: String) -> RuntimeError {
        .invalidInput("\(path) can't be \(what): \(String(cString: strerror(errno)))")
    }
}

import Glibc
import Lua

/// A process for what one process can't show: that a VM's answers don't depend on seeds and addresses, and
/// that many thousand calls leave no memory behind.
///
/// `LuaProbe corpus FOLDER SEED` runs every script of a folder and prints all that came out of it.
/// `LuaProbe calls COUNT SEED` makes random calls and ends with 1 when one went wrong or memory was lost.
@main struct LuaProbe {
    static func main() {
        do {
            let arguments = CommandLine.arguments
            try settleTheHeap()
            guard arguments.count >= 4, let seed = UInt64(arguments[3]) else { throw ProbeFailure(usage) }
            switch arguments[1] {
            case "corpus": try CorpusRun(folder: arguments[2], seed: seed).print()
            case "calls":
                guard let count = Int(arguments[2]), count >= RandomCalls.countMin else {
                    throw ProbeFailure(usage)
                }
                say(try RandomCalls(count: count, seed: seed).run())
            default: throw ProbeFailure(usage)
            }
        } catch {
            say("LuaProbe: \(error)", to: STDERR_FILENO)
            exit(1)
        }
    }

    /// glibc keeps freed blocks in a cache that counts as in use, and would hide a small leak: it can be left
    /// out only at the start of a process, so the process starts itself once more.
    private static func settleTheHeap() throws {
        guard getenv("GLIBC_TUNABLES") == nil else { return }
        setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0", 1)
        execv("/proc/self/exe", CommandLine.unsafeArgv)
        throw ProbeFailure("/proc/self/exe can't be started: errno \(errno)")
    }

    private static let usage = "the arguments are: corpus FOLDER SEED, or: calls COUNT SEED (at least 1000)"

    /// Writes a text with a line end behind it, past every buffer, so that a crash loses none of it.
    static func say(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
        var bytes = Array((text + "\n").utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            // Nobody reads any more: a test that was stopped leaves no process behind.
            guard count > 0 else { exit(2) }
            bytes = bytes.dropFirst(count)
        }
    }
}

/// A VM, or whoever started this, did what nobody planned.
struct ProbeFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// SplitMix64, so that a printed seed brings everything back.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number in 0..<bound.
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    /// True once in `times`.
    mutating func once(in times: Int) -> Bool { below(times) == 0 }

    /// One of a list that isn't empty.
    mutating func pick<T>(_ list: [T]) -> T { list[below(list.count)] }
}

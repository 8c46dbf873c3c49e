import CHeap
import Lua

/// Random calls into VMs that come and go, with errors wherever an error can come from.
///
/// After each call: the error, if there was one, has a code of the closed set and can be shown; nothing that
/// a failed call recorded is left; and the VM answers a question whose answer is known. At every tenth of the
/// run all VMs close; what the process then holds must not grow.
final class RandomCalls {
    private let count: Int
    private let seed: UInt64
    var random: SplitMix
    var subjects: [Subject] = []
    private(set) var codes: [String: Int] = [:]
    private(set) var created = 0

    /// What the codes of aborts begin with.
    static let abortCode = "probe-abort"

    /// In fewer, the first tenth is too short to fill what is filled once.
    static let countMin = 1_000

    /// Open VMs at a time.
    private static let subjectsMax = 6

    /// A new code in the count, a longer text in a buffer that is used again; a lost VM is more.
    private static let growthMax = 4 << 10

    init(count: Int, seed: UInt64) {
        self.count = count
        self.seed = seed
        random = SplitMix(state: seed)
    }

    /// Makes the calls; a line that says what they met.
    func run() throws -> String {
        var inUse: [Int] = []
        for number in 1...count {
            do {
                try step()
            } catch {
                throw ProbeFailure("call \(number) of seed \(seed): \(error)")
            }
            if number * 10 / count > (number - 1) * 10 / count {
                while !subjects.isEmpty { close(0) }
                inUse.append(Int(cheap_bytes_in_use()))
            }
        }
        let growth = (inUse.last ?? 0) - (inUse.first ?? 0)
        let met = codes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        let summary = """
            calls: \(count) of seed \(seed) in \(created) VMs; \(met)
            bytes in use after each tenth: \(inUse.map(String.init).joined(separator: " "))
            """
        guard growth <= Self.growthMax else {
            throw ProbeFailure("\(growth) bytes are held for ever\n\(summary)")
        }
        return summary
    }

    private func step() throws {
        if subjects.isEmpty || random.once(in: 60), subjects.count < Self.subjectsMax { try open() }
        guard !subjects.isEmpty else { return }
        let place = random.below(subjects.count)
        let subject = subjects[place]
        try subject.act(self)
        if !random.once(in: 4) { try subject.checkItsMind(self) }
        if random.once(in: 80) { close(place) }
    }

    private func open() throws {
        do {
            subjects.append(try Subject(self))
            created += 1
        } catch {
            // So little memory that not even the prelude fits.
            try note(error)
        }
    }

    private func close(_ place: Int) {
        // Some VMs close with calls that wait.
        subjects.remove(at: place).close()
    }

    /// Fails the run unless something holds.
    func hold(_ condition: Bool, _ description: @autoclosure () -> String) throws {
        if !condition { throw ProbeFailure(description()) }
    }

    /// Counts an error, and looks whether it is one that may be.
    func note(_ error: LuaError) throws {
        codes[error.code, default: 0] += 1
        let isKnown = error.kind == .aborted ? error.code == Self.abortCode : error.code == error.kind.code
        try hold(isKnown, "an error has the code \(error.code)")
        try hold(!error.rendered.isEmpty || error.message.isEmpty, "the error \(error.code) can't be shown")
    }
}

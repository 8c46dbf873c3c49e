import Glibc
import Lua

/// Runs every script of a folder, each in a VM of its own, and prints what came out, byte by byte.
///
/// The seed decides everything that must not matter: the VM's hash seed, what lies in its memory and in the
/// process's before the script is loaded, and so at which addresses its values come to lie.
struct CorpusRun {
    let folder: String
    let seed: UInt64

    func print() throws {
        // Kept to the end: blocks of odd sizes move everything that is allocated later.
        var junk = SplitMix(state: seed)
        let blocks = (0..<junk.below(200)).map { _ in malloc(16 + junk.below(9000)) }
        defer { blocks.forEach { free($0) } }
        // So that a test can tell whether the layouts of two processes differ at all.
        LuaProbe.say("layout \(blocks.count) \(String(describing: blocks.last))", to: STDERR_FILENO)
        for name in try names() {
            let source = try Self.read("\(folder)/\(name)")
            LuaProbe.say("== \(name)\n" + (try lines(of: source, file: name)).joined(separator: "\n"))
        }
    }

    /// What a script gave: results, records and errors, in the order in which they came.
    private func lines(of source: [UInt8], file: String) throws -> [String] {
        var junk = SplitMix(state: seed &+ UInt64(source.count))
        // The clock must not decide anything, and the script that never ends is to end soon.
        let limits = LuaLimits(instructions: 5_000_000, milliseconds: 3_600_000)
        let probe = try ProbeVM(seed: UInt32(truncatingIfNeeded: seed), limits: limits)
        // Answers what it was asked, so that values make the way in both directions.
        probe.host = { arguments, results in for value in arguments { results.append(value) } }
        defer { probe.vm.close() }
        _ = try probe.call("past") {
            $0.integer(Int64(junk.below(500)))
        }
        var lines: [String] = []
        do {
            try probe.vm.run(source, file: file)
            for round in 1...2 {
                _ = try probe.call("reseed") { $0.integer(Int64(round)) }
                let results = try probe.call("run") { $0.integer(Int64(round)) }
                lines += results.map { "result \($0.probeText)" }
            }
        } catch {
            lines.append("error \(error.code)\n\(error.rendered)")
            if let value = error.value { lines.append("raised \(String(decoding: value, as: UTF8.self))") }
        }
        for record in probe.vm.takeRecords() {
            lines.append("record " + record.map(\.probeText).joined(separator: " "))
        }
        return lines
    }

    private func names() throws -> [String] {
        guard let listing = opendir(folder) else { throw ProbeFailure("\(folder) can't be read") }
        defer { closedir(listing) }
        var names: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".lua") { names.append(name) }
        }
        guard !names.isEmpty else { throw ProbeFailure("\(folder) has no scripts") }
        return names.sorted()
    }

    private static func read(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "r") else { throw ProbeFailure("\(path) can't be read") }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return bytes
    }
}

extension PackedValue {
    /// Kind and exact value; bytes that aren't printable ASCII show as `\xx`.
    var probeText: String {
        switch self {
        case .null: "nil"
        case .bool(let value): "\(value)"
        case .integer(let value): "integer \(value)"
        case .float(let value): "float \(value.bitPattern) \(value)"
        case .string(let bytes): "string \(Self.readable(bytes))"
        case .json(let bytes): "json \(Self.readable(bytes))"
        }
    }

    private static func readable(_ bytes: ArraySlice<UInt8>) -> String {
        var text = ""
        for byte in bytes {
            if byte >= 0x20, byte < 0x7F {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                text += "\\" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return text
    }
}

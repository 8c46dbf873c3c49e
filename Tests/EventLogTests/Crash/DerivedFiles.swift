import Foundation
import TestSupport

/// The files of a log that say nothing which its segments don't say: they may be lost, old or spoilt, and the
/// log is the same.
struct DerivedFiles {
    let folder: String

    /// Spoils one of them, now and then.
    func spoil(_ random: inout SeededRandom) throws {
        let indexes = try FileManager.default.contentsOfDirectory(atPath: folder + "/log")
            .filter { $0.hasSuffix(".idx") }.sorted().map { folder + "/log/" + $0 }
        switch Int.random(in: 0..<12, using: &random) {
        case 0:
            // The power went before the folder kept their names.
            for path in indexes.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)) {
                try FileManager.default.removeItem(atPath: path)
            }
        case 1: try indexes.randomElement(using: &random).map { try spoil($0, &random) }
        case 2:
            let manifest = folder + "/MANIFEST"
            guard FileManager.default.fileExists(atPath: manifest) else { return }
            try FileManager.default.removeItem(atPath: manifest)
        case 3:
            guard let path = indexes.randomElement(using: &random) else { return }
            try Data("half a file".utf8).write(to: URL(fileURLWithPath: path + ".new"))
        default: return
        }
    }

    private func spoil(_ path: String, _ random: inout SeededRandom) throws {
        var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        guard !bytes.isEmpty else { return }
        if Bool.random(using: &random) {
            bytes.removeSubrange(Int.random(in: 0..<bytes.count, using: &random)...)
        } else {
            for _ in 0..<20 { bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 0x41 }
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
}

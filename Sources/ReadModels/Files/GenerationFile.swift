import Foundation

/// The file of one generation of a read model: `<folder>/<name>.<generation>.sqlite`.
///
/// The generation is a hash of the declaration, so that a changed projection never meets the rows of the old
/// one. The file's shape is in `ReadModels.docc/Files.md`.
struct GenerationFile: Hashable, Sendable {
    /// Folder of all read models.
    let folder: String

    /// Name of the projection; checked by `ReadModelDeclaration.validate`, so that it can't leave the folder.
    let name: String

    /// 12 hexadecimal digits.
    let generation: String

    init(folder: String, declaration: ReadModelDeclaration) {
        self.folder = folder
        name = declaration.name
        generation = Self.hash(declaration.identity)
    }

    /// The path of the database file.
    var path: String { "\(folder)/\(fileName)" }

    private var fileName: String { "\(name).\(generation).sqlite" }

    /// Removes the files of all other generations of this read model.
    func removeOthers() throws(ReadModelError) {
        do {
            for file in try FileManager.default.contentsOfDirectory(atPath: folder) where isOther(file) {
                try FileManager.default.removeItem(atPath: "\(folder)/\(file)")
            }
        } catch {
            throw .file(
                operation: "removing old generations in",
                path: folder,
                reason: error.localizedDescription
            )
        }
    }

    /// Whether a file in the folder belongs to this read model, but to another generation.
    private func isOther(_ file: String) -> Bool {
        guard file.hasPrefix(name + "."), !file.hasPrefix(fileName) else { return false }
        // Names may contain dots, so everything behind this name must have the shape of a generation.
        let rest = file.dropFirst(name.count + 1)
        let digits = rest.prefix { $0.isASCII && $0.isHexDigit }
        return digits.count == Self.generationDigits
            && Self.suffixes.contains(String(rest.dropFirst(digits.count)))
    }

    /// Suffixes of the database file and of those that SQLite keeps beside it.
    private static let suffixes: Set<String> = [".sqlite", ".sqlite-wal", ".sqlite-shm", ".sqlite-journal"]

    private static let generationDigits = 12

    /// 48 bits of FNV-1a (draft-eastlake-fnv, 64 bits); the file holds the whole identity, so a collision is
    /// found.
    private static func hash(_ identity: String) -> String {
        let hash = identity.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        let digits = String(hash, radix: 16)
        return String((String(repeating: "0", count: 16 - digits.count) + digits).suffix(generationDigits))
    }
}

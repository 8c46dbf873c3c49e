import Foundation

/// The file of one generation of a read model: `<folder>/<name>.g<number>.sqlite`.
///
/// Generations count from 1, so that which of two files is the newer one can be told from their names. What a
/// file was made from, and whether queries are answered from it, stands inside (`CheckpointTable`). The
/// file's shape is in `ReadModels.docc/Files.md`.
struct GenerationFile: Hashable, Sendable {
    /// Folder of all read models.
    let folder: String

    /// Name of the projection; checked by `ReadModelDeclaration.validate`, so that it can't leave the folder.
    let name: String

    /// Which generation it is, from 1.
    let number: Int

    /// The path of the database file.
    var path: String { "\(folder)/\(name).g\(number).sqlite" }

    /// The generations of a read model that have any file in the folder, the oldest first.
    static func all(of name: String, in folder: String) throws(ReadModelError) -> [GenerationFile] {
        do {
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            return Set(files.compactMap { number(of: $0, name: name) }).sorted().map {
                GenerationFile(folder: folder, name: name, number: $0)
            }
        } catch {
            throw .file(operation: "listing", path: folder, reason: error.localizedDescription)
        }
    }

    /// Removes the database and what SQLite keeps beside it; nobody may have it open for writing.
    ///
    /// The database goes first: files without one are leftovers, and can't be taken for a generation.
    func remove() throws(ReadModelError) {
        let manager = FileManager.default
        do {
            for suffix in Self.suffixes where manager.fileExists(atPath: path + suffix) {
                try manager.removeItem(atPath: path + suffix)
            }
        } catch {
            throw .file(operation: "removing", path: path, reason: error.localizedDescription)
        }
    }

    /// Whether the database itself is there.
    var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// The generation that a file in the folder belongs to; nil when it is not one of this read model.
    ///
    /// Names may contain dots, so everything behind this name must have the shape of a generation.
    private static func number(of file: String, name: String) -> Int? {
        guard file.hasPrefix(name + ".g") else { return nil }
        let rest = file.dropFirst(name.count + 2)
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        let suffix = rest.dropFirst(digits.count)
        guard suffix.hasPrefix(".sqlite"), suffixes.contains(String(suffix.dropFirst(".sqlite".count)))
        else { return nil }
        return Int(digits)
    }

    /// Of the database file itself, then of those that SQLite keeps beside it.
    private static let suffixes = ["", "-wal", "-shm", "-journal"]
}

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
            let numbers = files.compactMap { parse($0) }.filter { $0.name == name }.map(\.number)
            return Set(numbers).sorted().map { GenerationFile(folder: folder, name: name, number: $0) }
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

    /// The read model and the generation that a file belongs to; nil when it belongs to none.
    ///
    /// Read from its end, since names may contain dots, too.
    static func parse(_ file: String) -> (name: String, number: Int)? {
        guard let match = file.wholeMatch(of: /(.+)\.g([0-9]{1,18})\.sqlite(-wal|-shm|-journal)?/),
            let number = Int(match.2)
        else { return nil }
        return (String(match.1), number)
    }

    /// Of the database file itself, then of those that SQLite keeps beside it.
    private static let suffixes = ["", "-wal", "-shm", "-journal"]
}

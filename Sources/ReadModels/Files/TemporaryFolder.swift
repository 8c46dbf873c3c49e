import Foundation

/// A folder of its own for read models that nobody keeps; removed with this value.
///
/// SQLite's in-memory databases lack what is promised here: in them readers and the writer wait for each
/// other.
final class TemporaryFolder: Sendable {
    /// Where it is.
    let path: String

    init() throws(ReadModelError) {
        let url = FileManager.default.temporaryDirectory.appending(path: "perilune-\(UUID().uuidString)")
        path = url.path
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw .file(operation: "creating", path: path, reason: error.localizedDescription)
        }
    }

    deinit {
        // Nobody is left to tell; what stays behind lies in the system's folder for temporary files.
        try? FileManager.default.removeItem(atPath: path)
    }
}

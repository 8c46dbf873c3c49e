import Foundation

/// A folder on the disk that is measured: in the current folder, because a temporary one is often memory.
struct BenchFolder {
    let path: String

    init(_ name: String) throws {
        path = FileManager.default.currentDirectoryPath + "/.perilune-bench-\(getpid())-\(name)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    /// Runs `body` with a folder that is gone afterwards, however it ends.
    static func with<Value>(_ name: String, _ body: (BenchFolder) async throws -> Value) async throws -> Value
    {
        let folder = try BenchFolder(name)
        do {
            let value = try await body(folder)
            try FileManager.default.removeItem(atPath: folder.path)
            return value
        } catch {
            // The first error is the one to tell.
            try? FileManager.default.removeItem(atPath: folder.path)
            throw error
        }
    }
}

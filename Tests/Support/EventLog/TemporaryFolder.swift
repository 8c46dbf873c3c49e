import Foundation

/// A folder of its own for one test; gone, with all that is in it, when the last reference to it is.
public final class TemporaryFolder: Sendable {
    /// Where it is.
    public let path: String

    /// Makes the folder: among the system's temporary ones, or in memory, where a flush costs nothing, if the
    /// system has such a place.
    public init(inMemory: Bool = false) throws {
        let name = "perilune-test-\(UUID().uuidString)"
        let isThere = inMemory && FileManager.default.isWritableFile(atPath: "/dev/shm")
        let parent = isThere ? URL(fileURLWithPath: "/dev/shm") : FileManager.default.temporaryDirectory
        path = parent.appendingPathComponent(name).path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        // A folder that can't be removed is left to the system's own cleaning; no test depends on it.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of something in it.
    public func path(_ name: String) -> String {
        path + "/" + name
    }
}

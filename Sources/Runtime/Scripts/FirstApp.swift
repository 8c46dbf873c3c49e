import Foundation
import Stdlib

/// The small app that `perilune init` begins with.
public enum FirstApp {
    /// Writes its files into a folder, which is made if it isn't there.
    ///
    /// - Returns: the names of the files.
    /// - Throws: `invalid-input` for a folder that holds anything, or that can't be written.
    public static func write(to folder: String) throws(RuntimeError) -> [String] {
        let files = FileManager.default
        // What can't be listed isn't there, or is found out when it is written to.
        if let found = try? files.contentsOfDirectory(atPath: folder), !found.isEmpty {
            throw .invalidInput("the folder \(folder) isn't empty: an app begins in one of its own")
        }
        do {
            try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for source in StandardLibrary.template {
                try Data(source.text).write(to: URL(fileURLWithPath: folder + "/" + source.file))
            }
        } catch {
            throw .invalidInput("the folder \(folder) can't be written: \(error.localizedDescription)")
        }
        return StandardLibrary.template.map(\.file)
    }
}

import Foundation

/// Programs of this machine that a peer needs.
enum InstalledProgram {
    /// The path of a program in PATH, or in one of the folders that Debian keeps out of it.
    static func path(_ name: String, besides folders: [String] = []) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let candidates = folders + path.split(separator: ":").map(String.init)
        return candidates.map { $0 + "/" + name }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}

import Foundation

/// The checkout in which these tests stand: its own text files, read once.
struct Repository: Sendable, CustomStringConvertible {
    static let here = Repository(around: #filePath)

    /// What belongs to the house; all else in the folder (builds, data, dependencies) is not looked at.
    private static let roots = ["Sources", "Tests", "stdlib", "scripts", ".ci", "README.md", "Package.swift"]

    let root: URL
    let files: [SourceFile]

    init(around file: String) {
        // Resolved first: a package for development may reach Tests through a link.
        var folder = URL(fileURLWithPath: file).resolvingSymlinksInPath().deletingLastPathComponent()
        while !Self.isRoot(folder) {
            precondition(folder.path != "/", "no folder above \(file) holds Package.swift and Sources")
            folder.deleteLastPathComponent()
        }
        root = folder
        files = Self.roots.flatMap { Self.textFiles(below: $0, in: folder) }
    }

    /// Short, since a failing expectation prints what it looked at.
    var description: String { "the repository" }

    func file(_ path: String) -> SourceFile? {
        files.first { $0.path == path }
    }

    func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent(path).path)
    }

    private static func isRoot(_ folder: URL) -> Bool {
        ["Package.swift", "Sources"].allSatisfy {
            FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path)
        }
    }

    private static func textFiles(below name: String, in root: URL) -> [SourceFile] {
        let start = root.appendingPathComponent(name)
        let inside = FileManager.default.enumerator(atPath: start.path)?.compactMap { $0 as? String } ?? []
        let paths = inside.isEmpty ? [name] : inside.map { "\(name)/\($0)" }
        return paths.sorted().compactMap { path in
            // A folder, or bytes that are no text, has nothing that a rule could read.
            guard let text = try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
            else { return nil }
            return SourceFile(path: path, text: text)
        }
    }
}

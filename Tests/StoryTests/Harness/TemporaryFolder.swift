import Foundation

/// A folder of its own for one story, gone when the story is.
final class TemporaryFolder: Sendable {
    let path: String

    private static var parent: String {
        let parent = NSTemporaryDirectory()
        return parent.hasSuffix("/") ? parent : parent + "/"
    }

    init() throws {
        var template = Array((Self.parent + "perilune-story-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw StoryFailure("no temporary folder: \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Writes a text file, and the folders that lead to it.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let file = path + "/" + name
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// A text file's content; empty when it isn't there.
    static func text(of file: String) -> String {
        String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
    }

    deinit {
        // What can't be removed stays in the system's folder for such things; no test hangs on it.
        try? FileManager.default.removeItem(atPath: path)
    }
}

import Foundation

/// One text file of the repository, as the rules see it.
///
/// `path` is relative to the root. `code` is the text without comments and strings (for Swift and C; for all
/// else it is the text), of the same length and with the same lines.
struct SourceFile: Sendable, CustomStringConvertible {
    enum Kind: String { case swift, c, h, lua, md, shell, other }

    let path: String
    let text: String
    let code: String
    let lines: [String]
    let codeLines: [String]
    /// The lines, from 0, on which a comment stands.
    let commentLines: Set<Int>

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = text.components(separatedBy: "\n")
        let kind = Self.kind(of: path, text: text)
        switch kind {
        case .swift, .c, .h:
            let mask = CodeMask(text, language: kind == .swift ? .swift : .c)
            code = String(decoding: mask.code, as: UTF8.self)
            codeLines = code.components(separatedBy: "\n")
            commentLines = mask.commentLines
        default:
            code = text
            codeLines = lines
            commentLines = []
        }
    }

    /// Short, since a failing expectation prints what it looked at.
    var description: String { path }
    var kind: Kind { Self.kind(of: path, text: text) }
    var folder: String { (path as NSString).deletingLastPathComponent }
    /// `LogFormat` for `Sources/EventLog/EventLog.docc/LogFormat.md`.
    var baseName: String { ((path as NSString).lastPathComponent as NSString).deletingPathExtension }

    /// The target that the file is compiled into; nil outside all of them.
    var target: String? {
        let parts = path.split(separator: "/").map(String.init)
        switch parts.first {
        case "stdlib": return "Stdlib"
        case "Sources" where parts.count > 2: return parts[1]
        case "Tests" where parts.count > 2: return parts[1] == "Support" ? "TestSupport" : parts[1]
        default: return nil
        }
    }

    /// The lines, from 1, on which the code matches.
    func codeLines(matching pattern: Pattern) -> [Int] {
        codeLines.indices.filter { pattern.matches(codeLines[$0]) }.map { $0 + 1 }
    }

    private static func kind(of path: String, text: String) -> Kind {
        switch (path as NSString).pathExtension {
        case "": text.hasPrefix("#!") ? .shell : .other
        case let known: Kind(rawValue: known) ?? .other
        }
    }
}

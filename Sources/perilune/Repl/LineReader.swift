import CEdit
import Foundation

/// Lines from the terminal, edited by libedit, with history and completion.
///
/// One for a process, and used by one thread.
final class LineReader {
    private var editor: OpaquePointer?
    private let complete: (String) -> String?
    private var warned = false

    /// - Parameters:
    ///   - history: the file of earlier lines.
    ///   - complete: what Tab gives for the text before the cursor.
    init(history: String, complete: @escaping (String) -> String?) {
        self.complete = complete
        // The editor lives inside this object's life, and calls back only while it reads.
        let context = Unmanaged.passUnretained(self).toOpaque()
        editor = cedit_open("perilune", history, completeLine, context)
    }

    deinit {
        if let editor { cedit_close(editor) }
    }

    /// Reads a line, and keeps it in the history.
    func read(_ prompt: String) -> ReplSession.Line {
        guard let editor else { return .end }
        var line: UnsafePointer<CChar>?
        let status = cedit_read(editor, prompt, &line)
        guard status == CEDIT_LINE.rawValue, let line else {
            Console.standardOutput.line("")
            return status == CEDIT_INTERRUPTED.rawValue ? .interrupted : .end
        }
        let text = String(cString: line)
        if !text.isEmpty, cedit_remember(editor, text) == 0, !warned {
            warned = true
            Console.standardError.line("perilune: the history can't be kept")
        }
        return .text(text)
    }

    /// Puts a question.
    func ask(_ question: String) -> Bool {
        guard let editor else { return false }
        var line: UnsafePointer<CChar>?
        guard cedit_read(editor, question + " [y/N] ", &line) == CEDIT_LINE.rawValue, let line else {
            return false
        }
        return ["y", "yes"].contains(String(cString: line).lowercased())
    }

    fileprivate func completion(_ before: String) -> String? { complete(before) }

    /// `~/.local/state/perilune/history`, or where XDG_STATE_HOME says; its folder is made.
    static func historyFile(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        let home =
            environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            ?? NSHomeDirectory() + "/.local/state"
        let folder = home + "/perilune"
        // Where it can't be made the history isn't kept, which is said when a line is.
        try? FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        return folder + "/history"
    }
}

private func completeLine(
    _ context: UnsafeMutableRawPointer?,
    _ before: UnsafePointer<CChar>?
) -> UnsafeMutablePointer<CChar>? {
    guard let context, let before else { return nil }
    let reader = Unmanaged<LineReader>.fromOpaque(context).takeUnretainedValue()
    return reader.completion(String(cString: before)).flatMap { strdup($0) }
}

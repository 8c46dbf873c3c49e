/// The texts that a VM has loaded, so that errors can show the line they speak of.
struct ScriptSources {
    private var texts: [String: [UInt8]] = [:]
    private var privileged: Set<String> = []

    mutating func add(_ text: [UInt8], file: String, privileged isPrivileged: Bool = false) {
        texts[file] = text
        if isPrivileged { privileged.insert(file) } else { privileged.remove(file) }
    }

    /// Whether a file belongs to the rule writer, and not to the host.
    func isScript(_ file: String) -> Bool {
        !privileged.contains(file)
    }

    /// Splits "file:line: text" when the file is one of ours; Lua shortens long names, and so do we to
    /// compare.
    func position(in message: String) -> (file: String, line: Int, rest: Substring)? {
        for file in texts.keys {
            let prefix = Self.shortened(file) + ":"
            guard message.hasPrefix(prefix) else { continue }
            let behind = message.dropFirst(prefix.count)
            let digits = behind.prefix { $0.isASCII && $0.isNumber }
            guard let line = Int(digits), behind.dropFirst(digits.count).hasPrefix(": ") else { continue }
            return (file, line, behind.dropFirst(digits.count + 2))
        }
        return nil
    }

    /// A line by its number from 1.
    func line(_ number: Int, of file: String) -> String? {
        guard number > 0, let text = texts[file] else { return nil }
        let lines = text.split(
            separator: UInt8(ascii: "\n"),
            maxSplits: number,
            omittingEmptySubsequences: false
        )
        guard lines.count >= number else { return nil }
        let line = String(decoding: lines[number - 1].filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        let most = Self.lineCharactersMax
        return line.count > most ? String(line.prefix(most)) + "…" : line
    }

    /// What fits a terminal; generated lines can be a megabyte long.
    private static let lineCharactersMax = 160

    /// As `luaO_chunkid` does for a name that starts with "@": at most 59 bytes (LUA_IDSIZE), else its end
    /// behind "...".
    private static func shortened(_ file: String) -> String {
        let most = 59
        guard file.utf8.count > most else { return file }
        return "..." + String(decoding: file.utf8.suffix(most - 3), as: UTF8.self)
    }
}

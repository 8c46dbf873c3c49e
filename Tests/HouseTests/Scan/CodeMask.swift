/// Tells code from comments and strings, in Swift and in C, without a parser.
///
/// Invariants: `code` has the length and the line breaks of the source; what is a comment, or lies inside a
/// string, a regex literal or a raw identifier, is blank there. `commentLines` are the lines (from 0) on
/// which a comment stands. Called by `SourceFile` and by nothing else.
struct CodeMask {
    enum Language { case swift, c }

    private(set) var code: [UInt8]
    private(set) var commentLines: Set<Int> = []
    private let source: [UInt8]
    private let language: Language
    private var line = 0

    init(_ text: String, language: Language) {
        source = Array(text.utf8)
        code = source
        self.language = language
        skipCode(from: 0, untilParenthesisCloses: false)
    }

    /// Walks code, inside an interpolation up to the parenthesis that ends it, and returns where it stopped.
    @discardableResult
    private mutating func skipCode(from start: Int, untilParenthesisCloses nested: Bool) -> Int {
        var index = start
        var depth = 0
        while index < source.count {
            switch source[index] {
            case UInt8(ascii: "\n"):
                line += 1
            case UInt8(ascii: "("):
                depth += 1
            case UInt8(ascii: ")"):
                if nested && depth == 0 { return index }
                depth -= 1
            default:
                if let end = skipLiteral(at: index) {
                    index = end
                    continue
                }
            }
            index += 1
        }
        return index
    }

    /// The end of the comment or literal that begins here; nil when none does.
    private mutating func skipLiteral(at index: Int) -> Int? {
        switch source[index] {
        case UInt8(ascii: "/") where at(index, "//"): skipLineComment(from: index)
        case UInt8(ascii: "/") where at(index, "/*"): skipBlockComment(from: index)
        case UInt8(ascii: "\""): skipString(from: index, hashes: 0)
        case UInt8(ascii: "'") where language == .c: skipQuoted(from: index, by: UInt8(ascii: "'"))
        case UInt8(ascii: "`") where language == .swift: skipQuoted(from: index, by: UInt8(ascii: "`"))
        case UInt8(ascii: "/") where language == .swift: skipRegex(from: index)
        case UInt8(ascii: "#") where language == .swift: skipHashes(from: index)
        default: nil
        }
    }

    private func at(_ index: Int, _ text: String) -> Bool {
        source[index...].starts(with: text.utf8)
    }

    private mutating func blank(_ range: Range<Int>) {
        for index in range where source[index] != UInt8(ascii: "\n") { code[index] = UInt8(ascii: " ") }
    }

    private mutating func skipLineComment(from start: Int) -> Int {
        let end = source[start...].firstIndex(of: UInt8(ascii: "\n")) ?? source.count
        commentLines.insert(line)
        blank(start..<end)
        return end
    }

    /// Swift's block comments nest, C's don't.
    private mutating func skipBlockComment(from start: Int) -> Int {
        var index = start + 2
        var depth = 1
        commentLines.insert(line)
        while index < source.count && depth > 0 {
            if at(index, "*/") {
                depth -= 1
                index += 2
                continue
            }
            if language == .swift && at(index, "/*") {
                depth += 1
                index += 1
            }
            if source[index] == UInt8(ascii: "\n") {
                line += 1
                commentLines.insert(line)
            }
            index += 1
        }
        blank(start..<min(index, source.count))
        return min(index, source.count)
    }

    /// A character of C or a raw identifier of Swift: on one line, a backslash escapes.
    private mutating func skipQuoted(from start: Int, by quote: UInt8) -> Int {
        var index = start + 1
        while index < source.count, source[index] != quote, source[index] != UInt8(ascii: "\n") {
            index += source[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        let end = min(index + 1, source.count)
        blank(start..<end)
        // A raw identifier stays a word, so that a function keeps a name between `func` and its parenthesis.
        if quote == UInt8(ascii: "`") { code[start] = UInt8(ascii: "_") }
        return end
    }

    private mutating func skipHashes(from start: Int) -> Int? {
        var index = start
        while index < source.count, source[index] == UInt8(ascii: "#") { index += 1 }
        guard index < source.count else { return nil }
        if source[index] == UInt8(ascii: "\"") { return skipString(from: index, hashes: index - start) }
        guard source[index] == UInt8(ascii: "/") else { return nil }
        return skipDelimited(
            from: start,
            closing: "/" + String(repeating: "#", count: index - start),
            opening: index + 1
        )
    }

    private mutating func skipDelimited(from start: Int, closing: String, opening: Int) -> Int {
        var index = opening
        while index < source.count, !at(index, closing) {
            if source[index] == UInt8(ascii: "\n") { line += 1 }
            index += source[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        let end = min(index + closing.utf8.count, source.count)
        blank(start..<end)
        return end
    }

    /// A string of either language; what Swift interpolates is walked as code, and blanked all the same.
    private mutating func skipString(from start: Int, hashes: Int) -> Int {
        let tail = String(repeating: "#", count: hashes)
        let quotes = language == .swift && at(start, "\"\"\"") ? "\"\"\"" : "\""
        let escape = "\\" + tail
        var index = start + quotes.utf8.count
        while index < source.count, !at(index, quotes + tail) {
            if at(index, escape) {
                index += escape.utf8.count
                if language == .swift, index < source.count, source[index] == UInt8(ascii: "(") {
                    index = skipCode(from: index + 1, untilParenthesisCloses: true)
                }
            }
            guard index < source.count else { break }
            if source[index] == UInt8(ascii: "\n") {
                line += 1
                if quotes.utf8.count == 1 && language == .swift { break }
            }
            index += 1
        }
        let end = min(index + quotes.utf8.count + hashes, source.count)
        blank(start..<end)
        return end
    }

    /// A bare `/regex/`: where an operand is expected, and closed on its own line.
    private mutating func skipRegex(from start: Int) -> Int? {
        let before = source[..<start].last { $0 != UInt8(ascii: " ") } ?? UInt8(ascii: "\n")
        guard "(,=:[{!&|?;\n".utf8.contains(before), start + 1 < source.count,
            source[start + 1] != UInt8(ascii: " ")
        else {
            return nil
        }
        let lineEnd = source[start...].firstIndex(of: UInt8(ascii: "\n")) ?? source.count
        guard source[(start + 1)..<lineEnd].contains(UInt8(ascii: "/")) else { return nil }
        return skipDelimited(from: start, closing: "/", opening: start + 1)
    }
}

/// A word or a single mark of code, for rules that need more than a line.
struct Token {
    let text: String
    /// From 1.
    let line: Int
    let startsLine: Bool

    /// The tokens of Swift or C that is already without comments and strings.
    ///
    /// Directives of C's preprocessor are left out, since the braces in them need not match.
    static func all(of file: SourceFile) -> [Token] {
        var tokens: [Token] = []
        var continued = false
        for (index, line) in file.codeLines.enumerated() {
            let isDirective = continued || (file.kind != .swift && line.drop { $0 == " " }.hasPrefix("#"))
            continued = isDirective && line.hasSuffix("\\")
            if !isDirective { append(line, number: index + 1, to: &tokens) }
        }
        return tokens
    }

    private static func append(_ line: String, number: Int, to tokens: inout [Token]) {
        var word: [UInt8] = []
        let first = tokens.count
        func add(_ bytes: [UInt8]) {
            tokens.append(
                Token(
                    text: String(decoding: bytes, as: UTF8.self),
                    line: number,
                    startsLine: tokens.count == first
                )
            )
        }
        for byte in line.utf8 {
            if isWord(byte) {
                word.append(byte)
                continue
            }
            if !word.isEmpty { add(word) }
            word = []
            if byte != UInt8(ascii: " ") && byte != UInt8(ascii: "\t") { add([byte]) }
        }
        if !word.isEmpty { add(word) }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default:
            false
        }
    }
}

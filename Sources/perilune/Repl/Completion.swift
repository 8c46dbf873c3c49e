import Runtime

/// What Tab gives: the text that all candidates go on with, or the candidates.
///
/// In quotes these are names of the app and of the log; else words, globals and fields.
struct Completion: Equatable {
    /// What is inserted at the cursor; may be empty.
    let insertion: String

    /// What could be meant, when that isn't clear yet; one more than are shown, when there are more.
    let candidates: [String]

    /// What fits a screen; more says nothing to anybody.
    private static let candidatesMax = 60

    private static let keywords = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in",
        "local",
        "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
    ]

    /// - Parameters:
    ///   - before: the line up to the cursor.
    ///   - words: what can be named outside quotes.
    ///   - names: what can be named in them and begins so; only asked for there.
    init(before: String, words: [String], names: (_ start: String, _ limit: Int) -> NameMatches) {
        let start: String
        let found: NameMatches
        if let quoted = Self.openQuote(in: before) {
            start = String(quoted)
            found = names(start, Self.candidatesMax + 1)
        } else {
            start = before.suffix(while: { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." })
            // A field is offered when its table has been named.
            let known = (words + Self.keywords).filter { name in
                name.hasPrefix(start) && !name.dropFirst(start.count).contains(".")
            }
            found = SortedNames(known).matches(start, limit: Self.candidatesMax + 1)
        }
        // By bytes: what was typed may end within a letter that marks follow.
        insertion = String(decoding: (found.common ?? "").utf8.dropFirst(start.utf8.count), as: UTF8.self)
        candidates = found.names.count < 2 || !insertion.isEmpty ? [] : found.names
    }

    /// The text behind a quote that isn't closed; nil when there is none.
    private static func openQuote(in text: String) -> Substring? {
        var open: (mark: Character, start: String.Index)?
        var isEscaped = false
        for index in text.indices {
            let character = text[index]
            if isEscaped {
                isEscaped = false
            } else if character == "\\" {
                isEscaped = open != nil
            } else if let quote = open {
                if character == quote.mark { open = nil }
            } else if character == "\"" || character == "'" {
                open = (character, text.index(after: index))
            }
        }
        return open.map { text[$0.start...] }
    }

    /// As the editor takes it: what to insert, and below it the candidates, as wide as the terminal.
    func text(width: Int) -> String? {
        guard !insertion.isEmpty || !candidates.isEmpty else { return nil }
        return ([insertion] + rows(width: width)).joined(separator: "\n")
    }

    private func rows(width: Int) -> [String] {
        let shown = candidates.prefix(Self.candidatesMax)
        let column = (shown.map(\.displayWidth).max() ?? 0) + 2
        let perRow = max(1, width / column)
        let rows = stride(from: 0, to: shown.count, by: perRow).map { first in
            shown[first..<min(first + perRow, shown.count)].map { $0.padded(to: column) }.joined()
        }
        return rows + (candidates.count > shown.count ? ["…"] : [])
    }
}

extension String {
    fileprivate func suffix(while isWanted: (Character) -> Bool) -> String {
        var start = endIndex
        while start > startIndex, isWanted(self[index(before: start)]) { start = index(before: start) }
        return String(self[start...])
    }
}

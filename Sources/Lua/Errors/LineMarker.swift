/// Finds the part of a source line that an error message speaks of.
///
/// Lua gives lines, not columns; but it names the variable or the token, and when that stands on the line
/// just once, a caret can point at it.
struct LineMarker {
    private let word: String?

    /// From messages such as `attempt to index a nil value (field 'lines')` and `unexpected symbol near
    /// 'then'`.
    init(message: String, isSyntax: Bool) {
        let opening = isSyntax ? "near '" : " '"
        let region = isSyntax ? Substring(message) : message.drop { $0 != "(" }
        guard let start = region.firstRange(of: opening)?.upperBound,
            let end = region[start...].lastIndex(of: "'"), start < end
        else {
            word = nil
            return
        }
        word = String(region[start..<end])
    }

    /// Spaces and carets below the word, or nil when it isn't there exactly once.
    func carets(below line: String) -> String? {
        guard let word else { return nil }
        let places = line.ranges(of: word).filter { isWhole($0, in: line) }
        guard let place = places.first, places.count == 1 else { return nil }
        let before = line[..<place.lowerBound].map { $0 == "\t" ? "\t" : " " }
        return before.joined() + String(repeating: "^", count: word.count)
    }

    /// `total` is no part of `subtotal`.
    private func isWhole(_ range: Range<String.Index>, in line: String) -> Bool {
        func joins(_ character: Character?, _ neighbour: Character?) -> Bool {
            guard let character, let neighbour else { return false }
            return isNamePart(character) && isNamePart(neighbour)
        }
        return !joins(line[..<range.lowerBound].last, line[range].first)
            && !joins(line[range].last, line[range.upperBound...].first)
    }

    private func isNamePart(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }
}

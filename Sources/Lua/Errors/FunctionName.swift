/// The name of a function, from the line that defines it.
struct FunctionName {
    let text: String

    /// Reads `local function place(`, `function stock.reserve(` and `place = function(`; nil when the line
    /// has none or more than one function.
    init?(definition line: String) {
        let places = line.ranges(of: "function")
        guard let place = places.first, places.count == 1 else { return nil }
        let behind = line[place.upperBound...].drop { $0 == " " }
        let after = behind.prefix { Self.isNamePart($0) || $0 == "." || $0 == ":" }
        let before = line[..<place.lowerBound].reversed().drop { $0 == " " }
        let assigned =
            before.first == "=" ? before.dropFirst().drop { $0 == " " }.prefix(while: Self.isNamePart) : []
        let name = after.isEmpty ? String(assigned.reversed()) : String(after)
        guard !name.isEmpty else { return nil }
        text = name
    }

    private static func isNamePart(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character == "_"
    }
}

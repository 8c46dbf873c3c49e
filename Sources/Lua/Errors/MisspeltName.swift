/// A name that Lua found nothing under: `attempt to call a nil value (global 'handlr')`.
struct MisspeltName {
    private enum Place: String {
        case global
        case field
        case method
    }

    private let place: Place
    private let name: String

    /// Reads the name from Lua's message (`varinfo` of its `ldebug.c`); nil when it is about something else.
    init?(in message: String) {
        guard message.hasPrefix("attempt to call a nil value ("), message.hasSuffix("')") else { return nil }
        let rest = message.drop { $0 != "(" }.dropFirst().dropLast(2)
        let parts = rest.split(separator: " '", maxSplits: 1)
        guard parts.count == 2, let place = Place(rawValue: String(parts[0])) else { return nil }
        self.place = place
        name = String(parts[1])
    }

    /// "Did you mean", when what scripts can name has something near.
    ///
    /// - Parameter names: globals, and `table.insert` for the fields of those that are tables.
    /// - Returns: nil when nothing is near.
    func hint(_ names: () -> [String]) -> String? {
        let known: [String]
        switch place {
        case .global: known = names().filter { !$0.contains(".") }
        case .field: known = names().filter { $0.contains(".") }
        case .method: known = names().filter { $0.hasPrefix("string.") }
        }
        let last = { (name: String) in name.split(separator: ".").last.map(String.init) ?? name }
        guard let near = Suggestion.nearest(to: name, among: known.map(last)), near != name else {
            return nil
        }
        let whole = known.sorted().first { last($0) == near }
        return "did you mean \(place == .field ? whole ?? near : near)?"
    }
}

import Runtime

/// The parameters behind the `?` of a request, decoded; a name may come several times.
struct QueryParameters {
    let pairs: [(name: String, value: String)]

    init(parsing text: String) throws(Problem) {
        var pairs: [(String, String)] = []
        for part in text.utf8.split(separator: UInt8(ascii: "&")) {
            let sides = part.split(
                separator: UInt8(ascii: "="),
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard let name = PercentCoding.decode(sides[0], plusIsSpace: true),
                let value = sides.count == 1 ? "" : PercentCoding.decode(sides[1], plusIsSpace: true)
            else {
                throw .invalidInput(
                    String(decoding: sides[0], as: UTF8.self),
                    "a parameter isn't percent-encoded UTF-8"
                )
            }
            pairs.append((name, value))
        }
        self.pairs = pairs
    }

    /// The same, when there is none but the known ones.
    func allowing(_ known: [String]) throws(Problem) -> QueryParameters {
        if let stranger = pairs.first(where: { !known.contains($0.name) }) {
            let listed = known.isEmpty ? "it takes none" : "it takes \(known.joined(separator: ", "))"
            throw .invalidInput(
                stranger.name,
                "this route has no parameter \(stranger.name.debugDescription); \(listed)"
            )
        }
        return self
    }

    /// All values of a parameter that may be given several times.
    func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

    /// The value of a parameter that may be given once; nil when it is absent.
    func text(_ name: String) throws(Problem) -> String? {
        let values = all(name)
        if values.count > 1 { throw .invalidInput(name, "\(name) is given \(values.count) times") }
        return values.first
    }

    /// A whole number from 0.
    func number(_ name: String) throws(Problem) -> UInt64? {
        guard let text = try text(name) else { return nil }
        guard let number = UInt64(text) else {
            throw .invalidInput(name, "\(name) must be a whole number, not \(text.debugDescription)")
        }
        return number
    }

    /// `true` or `false`; false when it is absent.
    func flag(_ name: String) throws(Problem) -> Bool {
        switch try text(name) {
        case nil, "false": return false
        case "true": return true
        case let text?:
            throw .invalidInput(name, "\(name) must be true or false, not \(text.debugDescription)")
        }
    }

    /// Seconds, written as a number or with a unit: `2.5`, `500ms`, `5s`.
    func seconds(_ name: String) throws(Problem) -> Double? {
        guard let text = try text(name) else { return nil }
        if let microseconds = DurationText.microseconds(text) { return Double(microseconds) / 1_000_000 }
        guard let seconds = Double(text), seconds.isFinite, seconds >= 0 else {
            throw .invalidInput(
                name,
                "\(name) must be a duration such as 500ms or 5s, not \(text.debugDescription)"
            )
        }
        return seconds
    }
}

import Runtime

/// Captured events as the file that `given.fixture` reads; `Testing.md` describes the form.
///
/// One event a line, members in alphabetical order: two captures can be compared line by line.
struct FixtureDocument {
    let events: [CapturedEvent]
    let redacted: [String]

    static let format = "perilune-fixture"
    static let version: Int64 = 1

    var text: String {
        var head = #"{"format":\#(JSONText.compact(.string(Self.format))),"version":\#(Self.version)"#
        if !redacted.isEmpty {
            let names = JSONValue.array(redacted.map(JSONValue.string))
            head += #","redacted":\#(JSONText.compact(names))"#
        }
        let lines = events.map { JSONText.compact($0.document) }
        return head + #","events":["# + "\n" + lines.joined(separator: ",\n") + "\n]}\n"
    }

    /// Streams whose beginning isn't in the fixture: in a spec they begin with what is there.
    var cutStreams: [String] {
        var seen: Set<String> = []
        return events.filter { seen.insert($0.stream).inserted && $0.revision > 0 }.map(\.stream)
    }
}

import Runtime
import Testing

@testable import perilune

/// What differs is shown, and not what stays.
@Suite struct ChangedMembersTests {
    @Test(arguments: [
        (#"{"a":1,"b":2}"#, #"{"a":1,"b":3}"#, "b 2 → 3"),
        (#"{"a":{"b":[1,{"c":"x"}]}}"#, #"{"a":{"b":[1,{"c":"y"}]}}"#, #"a.b[2].c "x" → "y""#),
        (#"{"a":1}"#, #"{"b":1}"#, "a 1 → nothing, b nothing → 1"),
        ("[1,2]", "[1]", "[1,2] → [1]"),
        (#"{"a":[]}"#, #"{"a":{}}"#, "a [] → {}"),
        ("1", "null", "1 → null"),
        (#"{"a":1}"#, #"{"a":1}"#, ""),
    ])
    func `members that differ are named by their path`(old: String, new: String, text: String) throws {
        let values = (try JSONValue(parsing: old), try JSONValue(parsing: new))
        #expect(ChangedMembers.text(values.0, values.1) == text)
    }
}

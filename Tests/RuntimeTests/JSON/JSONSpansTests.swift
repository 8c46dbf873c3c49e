import Runtime
import Testing

@Suite struct JSONSpansTests {
    @Test func `the data of an event keeps its bytes`() throws {
        let reader = try object(
            #" {"type":"Placed", "data" : { "b":1.50, "a":[ 1 ], "a":2 } ,"tags":["x:1"],"n":null}"#
        )
        #expect(reader.names == ["type", "data", "tags", "n"])
        #expect(try reader.string("type") == "Placed")
        #expect(text(reader.raw("data")) == #"{ "b":1.50, "a":[ 1 ], "a":2 }"#)
        #expect(text(try reader.rawObject("data")) == text(reader.raw("data")))
        #expect(try reader.strings("tags") == ["x:1"])
        #expect(try reader.value("data") == ["a": 2, "b": 1.5])
        #expect(text(reader.raw("n")) == "null")
    }

    @Test func `a list of events splits into their bytes`() throws {
        let body = Array("junk[ {\"a\":1} , 2,[\"]\"]]".utf8)
        guard case .array(let elements) = try JSONSpans(parsing: body[4...]) else {
            Issue.record("not split as an array")
            return
        }
        #expect(elements.map(text) == [#"{"a":1}"#, "2", #"["]"]"#])
        #expect(try JSONSpans(parsing: ArraySlice(" 1 ".utf8)) == .scalar(1))
        #expect(try JSONSpans(parsing: ArraySlice(#""a""#.utf8)) == .scalar("a"))
    }

    @Test func `of members with one name the last wins`() throws {
        let reader = try object(#"{"type":"A","type":"B"}"#)
        #expect(try reader.string("type") == "B")
        #expect(text(reader.raw("type")) == #""B""#)
    }

    @Test func `an absent member and null are alike, and a required one is missing`() throws {
        let reader = try object(#"{"a":null}"#)
        for name in ["a", "b"] {
            #expect(try reader.string(name) == nil)
            #expect(try reader.integer(name) == nil)
            #expect(try reader.bool(name) == nil)
            #expect(try reader.strings(name) == nil)
            #expect(try reader.rawObject(name) == nil)
            #expect(try reader.rawElements(name) == nil)
            #expect(throws: JSONError.missing(member: name)) {
                try reader.required(name, JSONObjectReader.string)
            }
        }
        #expect(try object(#"{"a":"x"}"#).required("a", JSONObjectReader.string) == "x")
    }

    @Test func `a member of another kind is refused by name`() throws {
        let reader = try object(#"{"a":1.0,"l":["x",1],"o":{"z":[]}}"#)
        #expect(throws: JSONError.wrongKind(member: "a", expected: "a string", found: "a float")) {
            try reader.string("a")
        }
        #expect(throws: JSONError.wrongKind(member: "a", expected: "an integer", found: "a float")) {
            try reader.integer("a")
        }
        #expect(throws: JSONError.wrongKind(member: "l", expected: "a list of strings", found: "an array")) {
            try reader.strings("l")
        }
        #expect(throws: JSONError.wrongKind(member: "l", expected: "an object", found: "an array")) {
            try reader.rawObject("l")
        }
        #expect(throws: JSONError.wrongKind(member: "o", expected: "an array", found: "an object")) {
            try reader.rawElements("o")
        }
        #expect { try reader.bool("o") } throws: { "\($0)" == #""o" must be true or false, not an object"# }
        #expect(throws: JSONError.wrongKind(member: "body", expected: "an object", found: "an array")) {
            try object("[]")
        }
    }

    @Test func `a fault deep inside a member is found while splitting`() {
        #expect(throws: JSONError.syntax(.integerTooLarge, at: .init(offset: 14, line: 2, column: 9))) {
            try object("{\"d\":\n{\"a\":[1,99999999999999999999]}}")
        }
    }

    private func object(_ text: String) throws(JSONError) -> JSONObjectReader {
        try JSONObjectReader(parsing: ArraySlice(text.utf8))
    }

    private func text(_ bytes: ArraySlice<UInt8>?) -> String? {
        bytes.map { String(decoding: $0, as: UTF8.self) }
    }
}

import Runtime
import Testing

@Suite struct JSONWritingTests {
    @Test(
        arguments: [
            (.null, "null"),
            (true, "true"),
            (.integer(.min), "-9223372036854775808"),
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (0.1, "0.1"),
            (1e16, "1e+16"),
            (.float(.leastNonzeroMagnitude), "5e-324"),
            (.float(.greatestFiniteMagnitude), "1.7976931348623157e+308"),
            ("a\"\\/\u{8}\t\n\u{c}\r\u{1f}\0\u{7f}é🌙", #""a\"\\/\b\t\n\f\r\u001f\u0000\#u{7f}é🌙""#),
            ([], "[]"),
            ([:], "{}"),
            ([1, [.null, "x"], [:]], #"[1,[null,"x"],{}]"#),
            (["b": 1, "a": ["z": 0, "": 1]], #"{"a":{"":1,"z":0},"b":1}"#),
        ] as [(JSONValue, String)]
    )
    func `a value has one canonical text, which reads back as the same value`(
        value: JSONValue,
        text: String
    ) throws {
        #expect(try value.text() == text)
        #expect(try JSONValue(parsing: text) == value)
    }

    @Test func `members are sorted by the bytes of their names, not by Swift's order of strings`() throws {
        // Precomposed é is C3 A9; e with a combining acute is 65 CC 81: after "z" and before it.
        let value: JSONValue = ["é": 1, "z": 2, "e\u{301}x": 3, "Z": 4]
        #expect(try value.text() == "{\"Z\":4,\"e\u{301}x\":3,\"z\":2,\"é\":1}")
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `what is not finite is refused`(number: Double) {
        #expect(throws: JSONError.notFinite) { try JSONValue.array([.float(number)]).bytes() }
        var writer = JSONWriter()
        #expect(throws: JSONError.notFinite) { try writer.float(number) }
        #expect(writer.bytes.isEmpty)
    }

    @Test func `a value that is nested too deep to be read again is not written`() {
        var value: JSONValue = 0
        for _ in 0...JSONValue.depthMax { value = ["a": value] }
        #expect(throws: JSONError.tooDeep) { try value.bytes() }
    }

    @Test(arguments: 0..<2_000)
    func `every double reads back as it was`(seed: Int) throws {
        // A fixed sequence over all bit patterns (splitmix64), so that a failure can be repeated.
        var bits = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        let number = Double(bitPattern: bits ^ bits >> 31)
        guard number.isFinite else { return }
        #expect(try JSONValue(parsing: JSONValue.float(number).text()) == .float(number))
    }

    @Test func `the writer sets commas, keeps the caller's order and takes checked bytes as they are`() throws
    {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("events")
        writer.beginArray()
        for position in 7...8 {
            writer.beginObject()
            writer.name("position")
            writer.integer(position)
            writer.name("data")
            writer.raw(Array(#"{ "b" : 1e0,"a":1 }"#.utf8)[...])
            writer.name("tags")
            writer.beginArray()
            writer.string("a:\"1\"")
            writer.string("b")
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.name("next")
        writer.null()
        writer.name("more")
        writer.bool(false)
        writer.name("state")
        try writer.value(["z": 1, "a": 2.0])
        writer.endObject()
        let event = #""data":{ "b" : 1e0,"a":1 },"tags":["a:\"1\"","b"]}"#
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"events":[{"position":7,\#(event),{"position":8,\#(event)],"#
                + #""next":null,"more":false,"state":{"a":2.0,"z":1}}"#
        )
        #expect(try JSONValue(parsing: writer.bytes)["events"]?[1]?["data"]?["a"] == 1)
    }
}

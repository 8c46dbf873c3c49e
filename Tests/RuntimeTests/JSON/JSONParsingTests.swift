import Runtime
import Testing

@Suite struct JSONParsingTests {
    @Test(
        arguments: [
            ("null", .null),
            (" \t\r\n true \n", true),
            ("false", false),
            ("0", 0),
            ("-0", 0),
            ("-12", -12),
            ("9223372036854775807", .integer(.max)),
            ("-9223372036854775808", .integer(.min)),
            ("1.0", 1.0),
            ("1e2", 100.0),
            ("1E+2", 100.0),
            ("-2.5e-1", -0.25),
            ("1e-999", 0.0),
            ("0.1", 0.1),
            ("1.7976931348623157e308", .float(.greatestFiniteMagnitude)),
            (#""""#, ""),
            (#""a\"\\\/\b\f\n\r\t\u0000\u00e9""#, "a\"\\/\u{8}\u{c}\n\r\t\0é"),
            (#""\ud83c\udf19 \uD83C\uDF19 🌙""#, "🌙 🌙 🌙"),
            (#""\ud7ff\ue000\uffff""#, "\u{d7ff}\u{e000}\u{ffff}"),
            (
                "\"\u{7f}\u{80}\u{7ff}\u{800}\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}\"",
                "\u{7f}\u{80}\u{7ff}\u{800}\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}"
            ),
            ("[]", []),
            ("[ ]", []),
            ("{ }", [:]),
            ("[1,[2,[]],{}]", [1, [2, []], [:]]),
            (#"{"a" : 1 , "b":{"c":[null]}}"#, ["a": 1, "b": ["c": [.null]]]),
            (#"{"a":1,"a":2}"#, ["a": 2]),
            (#"{"":0}"#, ["": 0]),
        ] as [(String, JSONValue)]
    )
    func `a well-formed text gives its value`(text: String, value: JSONValue) throws {
        #expect(try JSONValue(parsing: text) == value)
        // The check without building must take exactly the same texts.
        #expect(try JSONSpans(parsing: ArraySlice("[\(text)]".utf8)) != .scalar(.null))
    }

    @Test(
        arguments: [
            ("", .unexpectedEnd, 0),
            ("  ", .unexpectedEnd, 2),
            ("nul", .unexpectedEnd, 3),
            ("nulL", .noValue, 0),
            ("True", .noValue, 0),
            ("NaN", .noValue, 0),
            ("Infinity", .noValue, 0),
            ("-Infinity", .noDigit, 1),
            ("'a'", .noValue, 0),
            ("// c\n1", .noValue, 0),
            ("\u{feff}1", .noValue, 0),
            ("\u{b}1", .noValue, 0),
            ("1 2", .trailing, 2),
            ("{} x", .trailing, 3),
            ("\"a\"\0", .trailing, 3),
            ("01", .leadingZero, 0),
            ("-01", .leadingZero, 0),
            ("+1", .noValue, 0),
            (".5", .noValue, 0),
            ("-", .unexpectedEnd, 1),
            ("1.", .unexpectedEnd, 2),
            ("1.e3", .noDigit, 2),
            ("1e", .unexpectedEnd, 2),
            ("1e+x", .noDigit, 3),
            ("0x10", .trailing, 1),
            ("9223372036854775808", .integerTooLarge, 0),
            ("[-9223372036854775809]", .integerTooLarge, 1),
            ("100000000000000000000000000", .integerTooLarge, 0),
            ("1e309", .numberTooLarge, 0),
            ("[-1e999]", .numberTooLarge, 1),
            ("\"a", .unexpectedEnd, 2),
            ("\"a\\", .unexpectedEnd, 3),
            ("\"\\u12", .unexpectedEnd, 5),
            (#""\x""#, .unknownEscape, 1),
            (#""ab\u12g4""#, .unknownEscape, 3),
            ("\"a\nb\"", .controlCharacter, 2),
            ("\"\0\"", .controlCharacter, 1),
            (#""\ud800""#, .loneSurrogate, 1),
            (#""\ud800x""#, .loneSurrogate, 1),
            (#""\ud800\n""#, .loneSurrogate, 1),
            (#""\ud800\ud800""#, .loneSurrogate, 1),
            (#""\ud800\u0041""#, .loneSurrogate, 1),
            (#""a\udc00""#, .loneSurrogate, 2),
            ("[", .unexpectedEnd, 1),
            ("[1", .unexpectedEnd, 2),
            ("[1,]", .noValue, 3),
            ("[,1]", .noValue, 1),
            ("[1 2]", .noCommaInArray, 3),
            ("[1}", .noCommaInArray, 2),
            ("{", .unexpectedEnd, 1),
            ("{1:2}", .noName, 1),
            ("{a:2}", .noName, 1),
            (#"{"a"}"#, .noColon, 4),
            (#"{"a":}"#, .noValue, 5),
            (#"{"a":1,}"#, .noName, 7),
            (#"{"a":1 "b":2}"#, .noCommaInObject, 7),
            (#"{"a":1"#, .unexpectedEnd, 6),
        ] as [(String, JSONFault, Int)]
    )
    func `a malformed text is refused with the fault and its place`(
        text: String,
        fault: JSONFault,
        offset: Int
    ) {
        let checks: [(String, (ArraySlice<UInt8>) throws(JSONError) -> Void)] = [
            ("building", { (bytes) throws(JSONError) in _ = try JSONValue(parsing: bytes) }),
            ("splitting", { (bytes) throws(JSONError) in _ = try JSONSpans(parsing: bytes) }),
        ]
        for (way, parse) in checks {
            #expect(
                throws: JSONError.syntax(fault, at: .init(offset: offset, line: 1, column: offset + 1)),
                "\(way)"
            ) {
                // In a text with a new line, the place is on line 1 in every row of the table.
                try parse(ArraySlice(text.utf8))
            }
        }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x28], [0xE0, 0x9F, 0xBF], [0xE2, 0x82],
            [0xE2, 0x28, 0xA1], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF0, 0x9F, 0x8C], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
        ] as [[UInt8]]
    )
    func `bytes that are not UTF-8 are refused, in values and in names`(bad: [UInt8]) {
        let value = Array("[\"ab".utf8) + bad + Array("\"]".utf8)
        #expect(throws: JSONError.syntax(.invalidUTF8, at: .init(offset: 4, line: 1, column: 5))) {
            try JSONValue(parsing: value)
        }
        let name = Array("{\"ab".utf8) + bad + Array("\":1}".utf8)
        #expect(throws: JSONError.syntax(.invalidUTF8, at: .init(offset: 4, line: 1, column: 5))) {
            try JSONObjectReader(parsing: name[...])
        }
        let cut = Array("\"".utf8) + bad
        #expect(throws: JSONError.self) { try JSONValue(parsing: cut) }
    }

    @Test func `nesting is taken up to the limit and refused beyond it`() throws {
        let deepest = nested(JSONValue.depthMax)
        #expect(try JSONValue(parsing: deepest).text() == deepest)
        #expect(
            try JSONSpans(parsing: ArraySlice(deepest.utf8))
                == .array([ArraySlice(deepest.utf8.dropFirst().dropLast())])
        )
        let place = JSONPlace(offset: JSONValue.depthMax, line: 1, column: JSONValue.depthMax + 1)
        #expect(throws: JSONError.syntax(.tooDeep, at: place)) {
            try JSONValue(parsing: nested(JSONValue.depthMax + 1))
        }
        #expect(throws: JSONError.syntax(.tooDeep, at: place)) {
            try JSONSpans(parsing: ArraySlice(nested(JSONValue.depthMax + 1).utf8))
        }
        #expect(throws: JSONError.syntax(.tooDeep, at: place)) {
            try JSONValue(parsing: String(repeating: "[", count: 1_000_000))
        }
        #expect(JSONFault.tooDeep.rawValue.contains("\(JSONValue.depthMax) levels"))
    }

    @Test func `any collection of bytes is taken, in one piece or not`() throws {
        let bytes = Array(#"{"a":[1,2]}"#.utf8)
        let value: JSONValue = ["a": [1, 2]]
        #expect(try JSONValue(parsing: bytes) == value)
        #expect(try JSONValue(parsing: ([0] + bytes + [0])[1...bytes.count]) == value)
        #expect(try bytes.withUnsafeBytes { try JSONValue(parsing: $0) } == value)
        #expect(
            try JSONValue(
                parsing: bytes.reversed().reversed() as ReversedCollection<ReversedCollection<[UInt8]>>
            ) == value
        )
    }

    @Test func `an error says line, column and byte`() {
        let text = "{\n  \"a\": 1,\n  \"b\": x\n}"
        #expect {
            try JSONValue(parsing: text)
        } throws: {
            "\($0)" == "line 3, column 8 (byte 19): a value is expected here"
        }
    }

    private func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
}

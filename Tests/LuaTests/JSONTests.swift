import Testing

@testable import Lua

@Suite("JSON, strictly and canonically")
struct JSONTests {
    /// Decodes a text onto the Lua stack and gives what comes back out.
    private func roundTrip(_ text: String) throws -> PackedValue? {
        try roundTrip(bytes: Array(text.utf8))
    }

    private func roundTrip(bytes: [UInt8]) throws -> PackedValue? {
        try Bench().call("echo") { $0.json(bytes) }.first
    }

    private func refusal(bytes: [UInt8]) throws -> String? {
        do {
            _ = try roundTrip(bytes: bytes)
            return nil
        } catch let error as LuaError {
            #expect(error.kind == .conversion)
            return error.message
        }
    }

    @Test(arguments: [
        (#"{"b":1,"a":2}"#, #"{"a":2,"b":1}"#),
        (#" { "a" : [ 1 , 2 ] } "#, #"{"a":[1,2]}"#),
        ("[]", "[]"),
        ("{}", "{}"),
        (#"{"a":[],"b":{}}"#, #"{"a":[],"b":{}}"#),
        ("[null,1,null]", "[null,1,null]"),
        (#"{"a":null,"b":1}"#, #"{"b":1}"#),
        (#"{"a":1,"a":2}"#, #"{"a":2}"#),
        (#"{"a":1,"b":3,"a":null}"#, #"{"b":3}"#),
        (#"{"a":null,"a":1}"#, #"{"a":1}"#),
        ("[9223372036854775807,-9223372036854775808]", "[9223372036854775807,-9223372036854775808]"),
        ("[1,1.0,1e2,-0,-0.0,1E-2]", "[1,1.0,100.0,0,-0.0,0.01]"),
        (
            "[0.1,0.30000000000000004,1.7976931348623157e308,5e-324,1e-400]",
            "[0.1,0.30000000000000004,1.7976931348623157e+308,4.94065645841247e-324,0.0]"
        ),
        (
            "[123456789012345678.0,1e22,1e23,9007199254740993.0]",
            """
            [1.2345678901234568e+17,1e+22,1e+23,9007199254740992.0]
            """
        ),
        (
            "[12.34,99999999999999.9,1e15,1e14,0.0001,0.00001,100.10]",
            "[12.34,99999999999999.9,1e+15,100000000000000.0,0.0001,1e-05,100.1]"
        ),
        (#"["\u0041\u00e9\u20ac\ud83d\ude00\"\\\/\b\f\n\r\t"]"#, #"["Aé€😀\"\\/\b\f\n\r\t"]"#),
        (#"["\u0000\u001f"]"#, #"["\u0000\u001f"]"#),
        (#"{"\u0061":1}"#, #"{"a":1}"#),
        (#"{"":1,"a b":[[[]]]}"#, #"{"":1,"a b":[[[]]]}"#),
        ("[true,false]", "[true,false]"),
    ])
    func `a text comes back in its canonical form`(text: String, canonical: String) throws {
        #expect(try roundTrip(text)?.jsonText == canonical)
        #expect(try roundTrip(canonical)?.jsonText == canonical)
    }

    @Test func `scalars are texts too`() throws {
        #expect(try roundTrip("null") == .null)
        #expect(try roundTrip(" 12 ") == .integer(12))
        #expect(try roundTrip("-1.5") == .float(-1.5))
        #expect(try roundTrip("\"x\"") == .text("x"))
    }

    @Test(arguments: [
        "", " ", "{", "}", "[", "[1", "[1,", "[1,]", "[,1]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{a:1}",
        "{1:1}", "[1 2]",
        "1 2", "nul", "nulll", "True", "tru", "'a'", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\",
        "+1", "01", "-", "-a",
        "1.", ".5", "1.e1", "1e", "1e+", "0x10", "NaN", "Infinity", "-Infinity", "1e400", "-1e400",
        "9223372036854775808",
        "-9223372036854775809", "100000000000000000000000", "\"\\ud800\"", "\"\\udc00\"",
        "\"\\ud800\\u0041\"", "\"\\ud800x\"",
        "\"a\tb\"", "\"a\nb\"", "[1]]", "/* */ 1", "\u{feff}1", "\"\u{0}\"", "{\"a\":1 \"b\":2}",
    ])
    func `what isn't JSON is refused with the byte`(text: String) throws {
        #expect(try refusal(bytes: Array(text.utf8))?.hasPrefix("invalid JSON at byte ") == true)
    }

    @Test(
        arguments: [
            [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x80], [0xC2], [0xE2, 0x82],
            [0xF0, 0x9F, 0x98], [0xFF],
        ] as [[UInt8]]
    )
    func `text that isn't UTF-8 is refused both ways`(bytes: [UInt8]) throws {
        let quote = UInt8(ascii: "\"")
        #expect(
            try refusal(bytes: [quote] + bytes + [quote]) == """
                invalid JSON at byte 2: a string that is not UTF-8
                """
        )
        let bench = try Bench("function run(s) return { s } end")
        #expect(throws: LuaError.self) { try bench.run { $0.string(bytes: bytes) } }
    }

    @Test(arguments: [
        "\u{7F}", "\u{80}", "\u{7FF}", "\u{800}", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}",
        "\u{10FFFF}",
    ])
    func `the edges of UTF-8 pass`(text: String) throws {
        #expect(try roundTrip("[\"\(text)\"]")?.jsonText == "[\"\(text)\"]")
    }

    @Test func `nesting ends at 64 levels in both directions`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(try roundTrip(nested(64))?.jsonText == nested(64))
        #expect(
            try refusal(bytes: Array(nested(65).utf8)) == """
                invalid JSON at byte 65: nested deeper than 64 levels
                """
        )
        let error = Bench.failure("function run() local t = {} t.t = t return t end")
        #expect(
            error?.message == """
                a table nested deeper than 64 levels can't become JSON (does it contain itself?)
                """
        )
    }

    @Test func `long objects and lists keep every member`() throws {
        for count in [31, 32, 33, 64, 1000] {
            let names = (0..<count).map { "\"k\($0 + 1000)\":\($0)" }.joined(separator: ",")
            #expect(try roundTrip("{\(names)}")?.jsonText == "{\(names)}")
            let numbers = (0..<count).map(String.init).joined(separator: ",")
            #expect(try roundTrip("[\(numbers)]")?.jsonText == "[\(numbers)]")
        }
    }

    @Test(arguments: [
        ("{ 1, 2, x = 3 }", "a table with list elements and the key 'x' can't become JSON"),
        ("{ 1, nil, 3 }", "hole"),
        ("{ [1] = 1, [3] = 3 }", "hole"),
        ("{ [2] = 1 }", "the number key 2"),
        ("{ [1.5] = 1 }", "the number key 1.5"),
        ("{ [true] = 1 }", "boolean as a key"),
        ("{ 0/0 }", "NaN"),
        ("{ 1/0 }", "infinite"),
        ("{ -1/0 }", "infinite"),
        ("{ print }", "a function at [1] can't become JSON"),
        ("json.array { x = 1 }", "the key 'x'"),
        ("{ lines = { { price = 1 }, { price = 0/0 } } }", "NaN at lines[2].price can't become JSON"),
        ("{ { a = { b = print } } }", "a function at [1].a.b can't become JSON"),
        (
            "{ a = { b = { 1, x = 2 } } }",
            """
            a table at a.b with list elements and the key 'x' can't become JSON
            """
        ),
        ("{ a = { [0] = 1 } }", "a table at a with the number key 0 but without [1] can't become JSON"),
        ("{ a = { 'x', '\\xff' } }", "a string that is not UTF-8 at a[2] can't become JSON"),
    ])
    func `tables without a JSON form are refused`(expression: String, part: String) throws {
        let error = Bench.failure("function run() return \(expression) end")
        #expect(error?.kind == .conversion)
        #expect(error?.message.contains(part) == true, "\(error?.message ?? "no error")")
    }

    @Test(arguments: [
        ("{ 1, y = 2, x = 3, [true] = 4, [9] = 5, [-1] = 6 }", "list elements and the key 'x'"),
        ("{ 1, [true] = 4, [9] = 5, [0.5] = 6, [-1] = 7 }", "list elements and the key '-1'"),
        ("{ [7] = 1, [5.5] = 2, [false] = 3, [{}] = 4, x = 5 }", "the number key 5.5"),
        ("{ [print] = 1, [{}] = 2, [true] = 3, x = 4 }", "a boolean as a key"),
        ("{ [print] = 1, [{}] = 2, x = 3 }", "a table as a key"),
        ("{ 1, 2, nil, 4, nil, 6, n = nil }", "a hole at [3] in a list"),
        ("{ 1, print, x = 1 }", "list elements and the key 'x'"),
        ("{ nil, nil, 3 }", "the number key 3"),
    ])
    func `of several things that are wrong, each machine names the same`(
        expression: String,
        part: String
    ) throws {
        for seed: UInt32 in 1...8 {
            let bench = try Bench("function run() return \(expression) end", seed: seed)
            let error = #expect(throws: LuaError.self) { try bench.run() }
            #expect(error?.message.contains(part) == true, "\(error?.message ?? "")")
        }
    }

    @Test func `scripts have decode, encode, null and array`() throws {
        #expect(
            try Bench.text(
                """
                json.encode { b = { 1, 2 }, a = json.null, c = json.array(), d = {} }
                """
            ) == #"{"a":null,"b":[1,2],"c":[],"d":{}}"#
        )
        #expect(
            try Bench.evaluate(
                """
                json.decode('[1,null]')[2] == json.null, json.decode('null')
                """
            ) == [.bool(true), .null]
        )
        #expect(try Bench.text("json.encode(json.decode('[]'))") == "[]")
        #expect(
            try Bench.text("select(2, pcall(json.decode, '[1,'))")?.contains("invalid JSON at byte 4") == true
        )
        #expect(
            try Bench.text(
                """
                select(2, pcall(json.array, setmetatable({}, {})))
                """
            )?.contains("metatable") == true
        )
        #expect(try Bench.text("tostring(json.null)") == "null")
    }

    @Test func `a decoded list stays one when it is emptied`() throws {
        #expect(
            try Bench.text(
                """
                (function() local t = json.decode('[1]') t[1] = nil return json.encode(t) end)()
                """
            ) == "[]"
        )
    }

    @Test func `random values come back the same`() throws {
        var random = SplitMix(state: 20_260_726)
        let bench = try Bench()
        for _ in 0..<300 {
            let text = random.json(depth: 4)
            let once = try bench.call("echo") { $0.json(Array("[\(text)]".utf8)) }.first?.jsonText ?? ""
            let twice = try bench.call("echo") { $0.json(Array(once.utf8)) }.first?.jsonText
            #expect(once == twice, "from \(text)")
        }
    }

    @Test func `random floats come back bit for bit`() throws {
        var random = SplitMix(state: 7)
        let bench = try Bench("function run(x) return json.decode(json.encode(x)) end")
        for _ in 0..<3000 {
            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            #expect(try bench.run { $0.float(value) } == [.float(value)])
            let money = Double(Int64(bitPattern: random.next()) >> 24) / 100
            #expect(try bench.run { $0.float(money) } == [.float(money)])
        }
    }
}

/// SplitMix64, for values that a printed seed can bring back.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func json(depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &self) {
        case 0: return "null"
        case 1: return Bool.random(using: &self) ? "true" : "false"
        case 2: return String(Int64(bitPattern: next()))
        case 3: return String(Int.random(in: -100...100, using: &self))
        case 4: return String(Double.random(in: -1e6...1e6, using: &self))
        case 5: return #""\#(["", "a", "é\\n", "\\ud83d\\ude00", "x y"].randomElement(using: &self) ?? "")""#
        case 6:
            let elements = (0..<Int.random(in: 0...5, using: &self)).map { _ in json(depth: depth - 1) }
            return "[" + elements.joined(separator: ",") + "]"
        default:
            let members = (0..<Int.random(in: 0...40, using: &self)).map {
                "\"k\($0 * 7 % 41)\":" + json(depth: depth - 3)
            }
            return "{" + members.joined(separator: ", ") + "}"
        }
    }
}
